/** The script line: finds out where it comes from, and loads the chat. */

declare const CHAT_FILE: string;

const { src } = document.currentScript as HTMLScriptElement;
void import(new URL(CHAT_FILE, src).href);
