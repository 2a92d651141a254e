/*
 * The chunked transfer coding: RFC 9112 7.1. Takes a body apart, piece by piece, however it was
 * split; strict about line ends and sizes; extensions and trailers are read within a bound and
 * ignored.
 */
#ifndef STATOR_HTTP_CHUNKED_H
#define STATOR_HTTP_CHUNKED_H

#include "base/span.h"
#include "http/request.h"

/* How many bytes all of a body's chunk extensions, and all of its trailers, may have. */
#define STATOR_CHUNKED_EXTRA_MAX 4096

struct stator_chunked {
    int state;       /* where in the grammar; 0 is the start: a zeroed struct is ready */
    unsigned digits; /* of this chunk's size so far */
    uint64_t left;   /* bytes left of this chunk's data */
    uint32_t extra;  /* bytes of extensions and trailers so far */
};

/*
 * Takes the next piece off `*in` (moves it behind what was used). `*data` is body bytes inside
 * `in`, maybe empty. MORE: give more bytes (`*in` may still hold some after a non-empty `*data`:
 * call again). DONE: the body ended; `*in` begins with what follows. FAILED: 400. Both last: a
 * further call says the same and takes nothing.
 */
enum stator_parse stator_chunked_decode(struct stator_chunked *chunked, struct stator_span *in,
                                        struct stator_span *data);

#endif
