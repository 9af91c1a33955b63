/** Of the widget a style sheet is its text (bin/build-pages.mjs); of the other pages an import of one puts it in. */
declare module '*.css' {
  const text: string;
  export default text;
}
