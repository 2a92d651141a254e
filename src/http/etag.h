/* Entity tags and the lists of them: RFC 9110 8.8.3, 13.1.1, 13.1.2. */
#ifndef STATOR_HTTP_ETAG_H
#define STATOR_HTTP_ETAG_H

#include "base/span.h"

struct stator_etag {
    struct stator_span opaque; /* between the quotes */
    bool weak;
};

enum stator_etag_comparison {
    STATOR_ETAG_COMPARISON_WEAK,   /* equal opaque parts: If-None-Match */
    STATOR_ETAG_COMPARISON_STRONG, /* and neither is weak: If-Match, If-Range */
};

enum stator_etag_match {
    STATOR_ETAG_MATCH_NO,
    STATOR_ETAG_MATCH_YES, /* a member of the list matches, or the list is "*" */
    STATOR_ETAG_MATCH_INVALID,
};

/* Reads one entity-tag that is the whole of `text`. Fails: false, `out` untouched. */
bool stator_etag_parse(struct stator_span text, struct stator_etag *out);

bool stator_etag_equal(const struct stator_etag *a, const struct stator_etag *b,
                       enum stator_etag_comparison comparison);

/*
 * Compares `current` with a field value `list` ("*" or a comma-separated list, empty elements
 * allowed as RFC 9110 5.6.1.2 asks; commas inside quotes belong to the tag). Every member is
 * checked: a list with a malformed member is INVALID even when an earlier one matches.
 */
enum stator_etag_match stator_etag_list_match(struct stator_span list,
                                              const struct stator_etag *current,
                                              enum stator_etag_comparison comparison);

#endif
