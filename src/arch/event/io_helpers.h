/*
 * I/O jobs: what may wait for the disk, done by helper threads while the loop goes on.
 *
 * A helper changes nothing: it looks a path up, or reads a stretch of a file, so that the system
 * has in memory what the loop will ask it for next. A job whose result is not needed is harmless.
 */
#ifndef STATOR_ARCH_EVENT_IO_HELPERS_H
#define STATOR_ARCH_EVENT_IO_HELPERS_H

#include "exchange/worker.h"

struct stator_client;
struct stator_io_job;
struct stator_io_helpers;

/* Maximum helper threads, jobs that wait for one, and bytes of a file per job. */
#define STATOR_IO_HELPERS_MAX       64
#define STATOR_IO_HELPERS_QUEUE_MAX 256
#define STATOR_IO_JOB_LENGTH_MAX    (512u * 1024)

/* True if these bytes of a file can be had without waiting for a disk. */
typedef bool stator_probe_fn(int file, uint64_t offset, size_t length);

/* Asks the system, which must not fetch them meanwhile. False where it cannot tell (probe_*.c). */
bool stator_probe_nowait(int file, uint64_t offset, size_t length);

/* Tells the loop that jobs are done. Threads: any. */
typedef void stator_io_helpers_wake_fn(void *context);

/*
 * Makes the helpers of one loop's worker; no thread runs yet. `probe` NULL: no file is ever in
 * memory. Fails: -ENOMEM, `out` untouched.
 */
int stator_io_helpers_create(struct stator_worker *worker, stator_probe_fn *probe,
                             stator_io_helpers_wake_fn *wake, void *context,
                             struct stator_io_helpers **out);

/* Stops helpers that still run, and forgets what was not done. NULL is allowed. */
void stator_io_helpers_destroy(struct stator_io_helpers *io_helpers);

/* Starts up to `helpers` threads, with all signals blocked, and returns how many: fewer where the
 * system has no more, 0 where none; then the loop does everything itself. */
size_t stator_io_helpers_start(struct stator_io_helpers *io_helpers, size_t helpers);

/* Ends the helpers, each after its current job. */
void stator_io_helpers_stop(struct stator_io_helpers *io_helpers);

/*
 * Sends for what the client needs: what stands at `path` (copied), or `length` bytes of the file
 * that it is being sent. Returns: NULL where nobody need go, or nobody can: the queue is full, or
 * memory is out. Threads: the loop's, as the three below.
 */
struct stator_io_job *stator_io_helpers_look_up(struct stator_io_helpers *io_helpers,
                                                struct stator_client *client,
                                                struct stator_span path);
struct stator_io_job *stator_io_helpers_read(struct stator_io_helpers *io_helpers,
                                             struct stator_client *client, uint64_t offset,
                                             size_t length);

/* The client has gone or waits no longer. NULL is allowed. */
void stator_io_job_abandon(struct stator_io_job *job);

/* Returns: a client whose job is done, and frees the job; NULL if there is none. */
struct stator_client *stator_io_helpers_take(struct stator_io_helpers *io_helpers);

/* How many finished jobs the loop has been told of so far. */
uint64_t stator_io_helpers_done(const struct stator_io_helpers *io_helpers);

#endif
