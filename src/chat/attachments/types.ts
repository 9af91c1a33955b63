/** Whether a list of types such as `image/*` and `application/pdf` has one. */
export function takesType(list: readonly string[], type: string): boolean {
  const [family = ''] = type.split('/');
  return list.some((one) => one === '*/*' || one === type || one === `${family}/*`);
}
