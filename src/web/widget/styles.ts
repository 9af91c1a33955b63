/** All styles of the chat: beside one another in the file, which is smaller so. */
import tokens from '../ui/tokens.css';
import chat from './chat.css';
import log from './log.css';

export const styles = tokens + chat + log;
