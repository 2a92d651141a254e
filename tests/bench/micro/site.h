/*
 * A site in a temporary directory with one worker over it, whose clock stands still: what the cache
 * holds stays right without a look at the file system.
 */
#ifndef BENCH_MICRO_SITE_H
#define BENCH_MICRO_SITE_H

#include "exchange/worker.h"
#include "micro_scratch.h"

/* Bytes of every file in it. */
#define SITE_FILE_SIZE 1024

/* "/index.html" is there; so are "/00000.html" and on, SITE_FILES of them, in a site that has many.
 */
#define SITE_FILES     10000
#define SITE_PATH_SIZE 16

struct site {
    char scratch[MICRO_SCRATCH_SIZE];
    struct stator_log *log;
    struct stator_worker *worker;
};

/* Makes it. Fails: -errno, `out` untouched. */
int site_init(bool many, struct site *out);
void site_finish(struct site *site);

/* Writes the path of file `number`, NUL-terminated. Returns: it, without the NUL. */
struct stator_span site_path(size_t number, char out[SITE_PATH_SIZE]);

/* True if every byte is what a file has in that place. */
bool site_is_body(struct stator_span bytes);

/*
 * Adds a request head to `out`: `lines`, If-None-Match with the validator of "/index.html" if
 * `revalidates`, and the empty line. Fails: -errno; what was added is of no use.
 */
int site_add_head(const struct site *site, const char *lines, bool revalidates,
                  struct stator_text *out);

#endif
