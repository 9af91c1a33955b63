/** All icons by their name, for a page that draws by name. One that counts its bytes imports the paths it needs. */
import * as paths from './icon-paths.ts';

export { faces } from './icon-paths.ts';

type Paths = Omit<typeof paths, 'faces'>;

export const icons: Paths = paths;

export type IconName = keyof Paths;
