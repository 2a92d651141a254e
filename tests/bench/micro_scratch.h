/* A temporary directory of one's own. */
#ifndef BENCH_MICRO_SCRATCH_H
#define BENCH_MICRO_SCRATCH_H

#define MICRO_SCRATCH_SIZE 64

/* Makes it, and says where. Fails: -errno, `out` untouched. */
int micro_scratch_make(char out[MICRO_SCRATCH_SIZE]);

/* Removes it with all that is in it. */
void micro_scratch_remove(const char *path);

#endif
