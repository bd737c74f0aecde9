/* device_private — what the files of the device core share: device.c (stream), device_command.c (what the host says),
 * device_log.c (the log and what is asked of it).
 */
#ifndef PLUMB_REF_DEVICE_PRIVATE_H
#define PLUMB_REF_DEVICE_PRIVATE_H

#include "device.h"

/* ---- device.c */
bool device_send(struct device *d, uint8_t type, const uint8_t *payload, size_t size);
void device_send_hello(struct device *d);
void device_send_stream(struct device *d);
void device_send_rsp(struct device *d, uint8_t command, uint8_t command_seq, int8_t status, const uint8_t *data,
                     size_t size);
/* Sends what is pending, as a short frame. */
void device_flush(struct device *d);

/* ---- device_log.c */
void device_log_sample(struct device *d, const struct plumb_sample *sample, uint16_t flags, uint64_t t_us);
/* Writes the record that is being filled, however short. */
void device_log_flush(struct device *d);
/* LOG_LIST, LOG_READ, LOG_ERASE: answers, now or when it is done. */
void device_log_command(struct device *d, const struct plumb_frame *f);
/* A piece of the long command under way. */
void device_log_run(struct device *d);

#endif
