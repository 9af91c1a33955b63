import { Type } from 'typebox';
import { DEFAULT_FILE_BYTES, DEFAULT_FILE_TYPES, MAX_ATTACHMENTS } from '../protocol/limits.ts';

const GIB = 1024 ** 3;

/** What may be attached to messages, and how much of it is kept. */
export const files = {
  maxFile: Type.Integer({
    env: 'PARLEY_MAX_FILE',
    description: 'Bytes of the largest file that may be uploaded.',
    default: DEFAULT_FILE_BYTES,
    minimum: 1,
    maximum: 1024 * GIB,
    example: '52428800',
  }),
  maxFiles: Type.Integer({
    env: 'PARLEY_MAX_FILES',
    description: 'Attachments of one message; 0: none may have any.',
    default: MAX_ATTACHMENTS,
    minimum: 0,
    maximum: MAX_ATTACHMENTS,
    example: '3',
  }),
  fileTypes: Type.Array(Type.String(), {
    env: 'PARLEY_FILE_TYPES',
    description: 'Types that may be uploaded, told by what is in a file and by its name; `*/*` takes everything.',
    default: DEFAULT_FILE_TYPES,
    example: 'image/*,application/pdf',
    form: 'mediaType',
  }),
  filesTotal: Type.Integer({
    env: 'PARLEY_FILES_TOTAL',
    description: 'Bytes of all files together; past it an upload is refused with `STORAGE_FULL`.',
    default: 10 * GIB,
    minimum: 1,
    maximum: 1024 ** 2 * GIB,
    example: '107374182400',
  }),
  pendingUploads: Type.Integer({
    env: 'PARLEY_PENDING_UPLOADS',
    description: 'Files that a user may have uploaded, or be uploading, without having sent them.',
    default: 20,
    minimum: 1,
    maximum: 100_000,
    example: '10',
  }),
  uploadsPerMinute: Type.Integer({
    env: 'PARLEY_UPLOADS_PER_MINUTE',
    description: "Anonymous visitors' uploads a minute from one address (of IPv6: from one /64).",
    default: 20,
    minimum: 1,
    maximum: 1_000_000,
    example: '5',
  }),
};
