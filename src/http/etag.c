/*
 * Entity tags and the lists of them.
 *
 * Knows their grammar and the two comparisons; which field asks for which is the policy's to know.
 * The one surprising thing: lists are not taken apart by the common list reader, because an entity
 * tag knows no backslash escapes: in "a\" the second quote ends the tag (RFC 9110 8.8.3).
 */
#include "http/etag.h"

#include "http/token.h"

/* Takes one entity-tag off `*text`. Fails: false, nothing is changed. */
static bool take_tag(struct stator_span *text, struct stator_etag *out)
{
    struct stator_span rest = *text;
    bool weak = stator_span_starts(rest, STATOR_SPAN("W/")); /* "w/" is not: RFC 9110 8.8.3 */
    if (weak) {
        rest = stator_span_skip(rest, 2);
    }
    if (!stator_span_starts(rest, STATOR_SPAN("\""))) {
        return false;
    }
    rest = stator_span_skip(rest, 1);
    size_t length = 0;
    while (length < rest.length && stator_char_is(rest.at[length], STATOR_CHAR_ETAG)) {
        length++;
    }
    if (length == rest.length || rest.at[length] != '"') {
        return false;
    }
    *out = (struct stator_etag){.opaque = stator_span_first(rest, length), .weak = weak};
    *text = stator_span_skip(rest, length + 1);
    return true;
}

bool stator_etag_parse(struct stator_span text, struct stator_etag *out)
{
    struct stator_etag etag;
    if (!take_tag(&text, &etag) || text.length > 0) {
        return false;
    }
    *out = etag;
    return true;
}

bool stator_etag_equal(const struct stator_etag *a, const struct stator_etag *b,
                       enum stator_etag_comparison comparison)
{
    bool allowed = comparison == STATOR_ETAG_COMPARISON_WEAK || (!a->weak && !b->weak);
    return allowed && stator_span_equal(a->opaque, b->opaque);
}

/* Is that list just the current tag, as nearly all are? Nothing need be taken apart then. */
static bool is_just(struct stator_span list, const struct stator_etag *current)
{
    return !current->weak && list.length == current->opaque.length + 2 && list.at[0] == '"' &&
           list.at[list.length - 1] == '"' &&
           stator_span_equal((struct stator_span){list.at + 1, list.length - 2}, current->opaque);
}

enum stator_etag_match stator_etag_list_match(struct stator_span list,
                                              const struct stator_etag *current,
                                              enum stator_etag_comparison comparison)
{
    struct stator_span rest = stator_span_trim(list);
    if (is_just(rest, current) || stator_span_equal(rest, STATOR_SPAN("*"))) {
        return STATOR_ETAG_MATCH_YES;
    }
    enum stator_etag_match result = STATOR_ETAG_MATCH_NO;
    bool separated = true;
    while (rest.length > 0) {
        struct stator_etag member;
        if (rest.at[0] == ',') {
            rest = stator_span_skip(rest, 1);
            separated = true;
        } else if (separated && take_tag(&rest, &member)) {
            separated = false;
            if (stator_etag_equal(&member, current, comparison)) {
                result = STATOR_ETAG_MATCH_YES;
            }
        } else {
            return STATOR_ETAG_MATCH_INVALID;
        }
        rest = stator_span_trim(rest);
    }
    return result;
}
