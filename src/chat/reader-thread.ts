/** What a reader thread runs. Nothing in it depends on where it lies, so that it can be bundled into one text. */
import { serveReader } from '../db/serve-reader.ts';
import { prepareSlowReadings } from './readings/slow-readings.ts';

serveReader((db) => prepareSlowReadings(db).readings);
