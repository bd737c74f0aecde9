/* rezero_days — days of 8 h in which the wearer walks bent, limps, or carries a backpack: epoch means, as walking gives
 * them, into the re-zero. */
#ifndef ACCURACY_REZERO_DAYS_H
#define ACCURACY_REZERO_DAYS_H

/* Prints the table and its name=value lines. */
void report_days(void);

#endif
