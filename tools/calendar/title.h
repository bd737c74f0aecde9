/* Text of others, made fit for a line: valid UTF-8 of at most 120 bytes. */
#ifndef CALENDAR_TITLE_H
#define CALENDAR_TITLE_H

enum { TITLE_ROOM = 121 };

/* Control characters (also C1, line separators, marks that turn the direction of text) become blanks, what is no UTF-8
 * becomes '?'; cut at a character's border; blanks at the ends go. */
void title_clean(char out[TITLE_ROOM], const char *text);

#endif
