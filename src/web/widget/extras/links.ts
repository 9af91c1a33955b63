export { plainText as textNodes } from '../../ui/plain-text.ts';
