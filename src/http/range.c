/*
 * The Range field, turned into stretches of one length.
 *
 * Knows arithmetic and refuses to know what is sent: files, multipart and statuses are others'. The
 * one surprising thing: whatever is wrong anywhere in the field, the whole of it is ignored, so the
 * answer is the full representation and never an error (RFC 9110 14.2).
 */
#include "http/range.h"

#include "http/token.h"

enum spec {
    SPEC_INVALID,
    SPEC_OUTSIDE, /* well-formed, but nothing of it lies within the length */
    SPEC_INSIDE,
};

/* As stator_number_parse, but what does not fit is as good as infinite. */
static bool read_position(struct stator_span text, uint64_t *out)
{
    for (size_t i = 0; i < text.length; i++) {
        if (!stator_char_is(text.at[i], STATOR_CHAR_DIGIT)) {
            return false;
        }
    }
    if (text.length == 0) {
        return false;
    }
    if (!stator_number_parse(text, out)) {
        *out = UINT64_MAX;
    }
    return true;
}

/* "-5": the last five bytes, or all where there are fewer. */
static enum spec read_suffix(struct stator_span digits, uint64_t length, struct stator_range *out)
{
    uint64_t count;
    if (!read_position(digits, &count)) {
        return SPEC_INVALID;
    }
    if (count == 0 || length == 0) {
        return SPEC_OUTSIDE;
    }
    *out = (struct stator_range){count < length ? length - count : 0, length - 1};
    return SPEC_INSIDE;
}

static enum spec read_spec(struct stator_span text, uint64_t length, struct stator_range *out)
{
    size_t dash = stator_span_find(text, '-');
    if (dash == text.length) {
        return SPEC_INVALID;
    }
    struct stator_span after = stator_span_skip(text, dash + 1);
    if (dash == 0) {
        return read_suffix(after, length, out);
    }
    uint64_t first, last = UINT64_MAX;
    if (!read_position(stator_span_first(text, dash), &first) ||
        (after.length > 0 && !read_position(after, &last)) || last < first) {
        return SPEC_INVALID;
    }
    if (first >= length) {
        return SPEC_OUTSIDE;
    }
    *out = (struct stator_range){first, last < length ? last : length - 1};
    return SPEC_INSIDE;
}

static bool touches(const struct stator_range *a, const struct stator_range *b)
{
    /* No overflow: both ends lie below a length, which is 64 bits itself. */
    return a->first <= b->last + 1 && b->first <= a->last + 1;
}

static void join(struct stator_range *range, const struct stator_range *other)
{
    range->first = other->first < range->first ? other->first : range->first;
    range->last = other->last > range->last ? other->last : range->last;
}

/* Adds `range`, melted with all it touches, in the place of the first of them: RFC 9110 15.3.7.2.
 */
static void add(struct stator_range_set *set, struct stator_range range)
{
    size_t place = set->count, kept = 0;
    for (size_t i = 0; i < set->count; i++) {
        if (!touches(&set->at[i], &range)) {
            set->at[kept++] = set->at[i];
        } else {
            place = place == set->count ? kept++ : place;
            join(&range, &set->at[i]);
        }
    }
    if (place == set->count) {
        kept++;
    }
    set->at[place] = range;
    set->count = kept;
}

/* Takes "bytes=" off the front; the unit's case does not matter (RFC 9110 14.1). */
static bool take_unit(struct stator_span *value)
{
    static const struct stator_span unit = STATOR_SPAN_INIT("bytes=");
    if (value->length < unit.length ||
        !stator_span_equal_nocase(stator_span_first(*value, unit.length), unit)) {
        return false;
    }
    *value = stator_span_skip(*value, unit.length);
    return true;
}

enum stator_range_result stator_range_parse(struct stator_span value, uint64_t length,
                                            struct stator_range_set *out)
{
    struct stator_range_set set = {0};
    struct stator_span rest = value, text;
    size_t count = 0;
    if (!take_unit(&rest)) {
        return STATOR_RANGE_RESULT_IGNORED;
    }
    while (stator_list_next(&rest, &text)) {
        struct stator_range range;
        enum spec spec = read_spec(text, length, &range);
        if (spec == SPEC_INVALID || ++count > STATOR_RANGE_MAX) {
            return STATOR_RANGE_RESULT_IGNORED;
        }
        if (spec == SPEC_INSIDE) {
            add(&set, range);
        }
    }
    if (set.count > 0) {
        *out = set;
        return STATOR_RANGE_RESULT_PARTIAL;
    }
    return count > 0 ? STATOR_RANGE_RESULT_UNSATISFIABLE : STATOR_RANGE_RESULT_IGNORED;
}
