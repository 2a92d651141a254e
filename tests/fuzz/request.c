/*
 * A libFuzzer target for request heads.
 *
 *     CC=clang meson setup build-fuzz && ninja -C build-fuzz tests/fuzz/fuzz-request
 *     mkdir corpus && build-fuzz/tests/fuzz/fuzz-request -max_total_time=60 corpus
 *
 * What it finds is written to crash-... and is the argument that repeats it.
 *
 * The first three bytes say how the rest is split and how tight the limits are. The surprising
 * thing: nothing here knows a right answer; it is enough that two ways to read the same bytes agree
 * and that an accepted head keeps the laws.
 */
#include <stdint.h>
#include <stdio.h>

#include "request_laws.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct stator_request_limits limits_of(uint8_t tightness)
{
    if (tightness < 128) {
        return (struct stator_request_limits){STATOR_REQUEST_LINE_MAX, STATOR_REQUEST_HEAD_MAX,
                                              STATOR_REQUEST_FIELDS_MAX};
    }
    size_t tight = tightness - 128u;
    return (struct stator_request_limits){16 + tight, 16 + 2 * tight, tight % 8};
}

static void insist(const char *wrong)
{
    if (wrong != NULL) {
        fprintf(stderr, "law broken: %s\n", wrong);
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 3) {
        return 0;
    }
    struct stator_request_limits limits = limits_of(data[0]);
    struct feed feed = {1u + data[1], data[2]};
    struct stator_span in = {(const char *)data + 3, size - 3};
    insist(laws_breach(in, feed, &limits));
    insist(laws_breach(in, FEED_EACH_BYTE, &limits));
    return 0;
}
