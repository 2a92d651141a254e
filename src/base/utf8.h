/*
 * UTF-8 (RFC 3629) in bytes that nobody vouches for.
 *
 * What is no character counts as U+FFFD, once for each longest piece that a character could have
 * begun with (Unicode 3.9, "maximal subpart"), so that everything written of the same bytes agrees.
 */
#ifndef STATOR_BASE_UTF8_H
#define STATOR_BASE_UTF8_H

#include "base/span.h"

/* U+FFFD, the replacement character. */
#define STATOR_UTF8_REPLACEMENT 0xfffdu

/* Takes the first character off `*rest`, which is not empty, and returns it. */
uint32_t stator_utf8_decode(struct stator_span *rest);

/*
 * The same, but returns the character's bytes: as they stand in `*rest`, or those of U+FFFD. Lives:
 * as `*rest` does, or forever.
 */
struct stator_span stator_utf8_next(struct stator_span *rest);

#endif
