/** What most conversations do without, loaded when it is needed. */
export type Parts = {
  tab: typeof import('./tab.ts');
  sse: typeof import('./sse.ts');
  poll: typeof import('./poll.ts');
  upload: typeof import('./upload.ts');
};

/** Loads one; rejects where it does not come. */
export type LoadPart = <Name extends keyof Parts>(name: Name) => Promise<Parts[Name]>;

const IMPORTS: { [Name in keyof Parts]: () => Promise<Parts[Name]> } = {
  tab: () => import('./tab.ts'),
  sse: () => import('./sse.ts'),
  poll: () => import('./poll.ts'),
  upload: () => import('./upload.ts'),
};

export const loadPart: LoadPart = (name) => IMPORTS[name]();
