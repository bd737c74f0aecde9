/* samples — a recorded stream as CSV, a line a decoded sample, so that anybody can check a capture. */
#ifndef PLUMBLINE_SAMPLES_H
#define PLUMBLINE_SAMPLES_H

/* Prints what FILE holds on standard output and what became of its bytes on standard error. PROTOCOL: a name, or "auto"
 * for what it looks like. COLUMNS: FILE is a table, and these words say which of its columns is what (csv_map_read);
 * NULL: not said. RATE_HZ times samples that have no time; 0: their first column stays empty. Returns an exit code. */
int samples_print(const char *file, const char *protocol, const char *columns, double rate_hz);

#endif
