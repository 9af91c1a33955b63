/** A statement with its values, as the driver takes it: a list for each column of what is written. */
export interface Write {
  name: string;
  text: string;
  values: unknown[][];
}
