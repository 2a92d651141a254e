/* The path of a request target, decoded and normalized. */
#include <errno.h>
#include <stdlib.h>

#include "http/target.h"
#include "micro.h"

struct path {
    struct stator_span encoded;
    struct stator_span normal;
};

struct normalizing {
    const struct path *path;
    struct stator_span result;
    enum stator_status status;
    char buffer[256];
};

static int setup(const void *with, void **out)
{
    struct normalizing *normalizing = calloc(1, sizeof(*normalizing));

    if (normalizing == NULL) {
        return -ENOMEM;
    }
    normalizing->path = with;
    *out = normalizing;
    return 0;
}

static void normalize(void *state)
{
    struct normalizing *normalizing = state;

    normalizing->status = stator_target_normalize(normalizing->path->encoded, normalizing->buffer,
                                                  &normalizing->result);
    micro_keep(normalizing);
}

static bool check(const void *state)
{
    const struct normalizing *normalizing = state;

    return normalizing->status == STATOR_STATUS_NONE &&
           stator_span_equal(normalizing->result, normalizing->path->normal);
}

static const struct path plain = {STATOR_SPAN_INIT("/docs/index.html"),
                                  STATOR_SPAN_INIT("/docs/index.html")};
static const struct path encoded = {
    STATOR_SPAN_INIT("/m%C3%BCnchen/stra%C3%9Fen%20und%20pl%C3%A4tze/1.html"),
    STATOR_SPAN_INIT("/m\xc3\xbcnchen/stra\xc3\x9f"
                     "en und pl\xc3\xa4tze/1.html")};
static const struct path dots = {
    STATOR_SPAN_INIT("/docs/./guide/../api//v2/../v3/%2e%2e/index.html"),
    STATOR_SPAN_INIT("/docs/api/index.html")};

static const struct micro_row rows[] = {
    {"a path with nothing to do", &plain, 1, setup, normalize, check, free},
    {"a path with 5 escapes", &encoded, 1, setup, normalize, check, free},
    {"a path with dots and double slashes", &dots, 1, setup, normalize, check, free},
};

const struct micro_subject micro_target = MICRO_SUBJECT("target", rows);
