/*
 * Accept: what weight a client gives to one media type.
 *
 * Knows media ranges and weights; refuses to choose between types. The one surprising thing: the
 * most specific range decides, not the greatest weight, so "text/html;q=0" is a no to HTML whatever
 * else the field accepts.
 */
#include "http/accept.h"

#include "http/token.h"

#define WEIGHT_MAX 1000

/* How closely a media-range names a type; more is closer. */
enum closeness {
    NOT_AT_ALL,
    ANYTHING,   /* any type, any subtype */
    TYPE_ALONE, /* type and any subtype */
    THE_TYPE,   /* type and subtype */
};

struct media_range {
    struct stator_span type;
    struct stator_span subtype;
    int weight;
    bool has_parameters; /* others than q */
};

/* Splits at the first `separator`. False where there is none, or nothing before or behind it. */
static bool split(struct stator_span text, char separator, struct stator_span *before,
                  struct stator_span *after)
{
    size_t at = stator_span_find(text, separator);
    if (at == 0 || at + 1 >= text.length) {
        return false;
    }
    *before = stator_span_first(text, at);
    *after = stator_span_skip(text, at + 1);
    return true;
}

/* qvalue: RFC 9110 12.4.2. Decimals behind the third are read, but too small to matter. */
static bool read_weight(struct stator_span text, int *out)
{
    if (text.length == 0 || (text.at[0] != '0' && text.at[0] != '1') ||
        (text.length > 1 && text.at[1] != '.')) {
        return false;
    }
    int weight = (text.at[0] - '0') * WEIGHT_MAX;
    int place = WEIGHT_MAX / 10;
    for (size_t i = 2; i < text.length; i++, place /= 10) {
        if (!stator_char_is(text.at[i], STATOR_CHAR_DIGIT) ||
            (text.at[0] == '1' && text.at[i] != '0')) {
            return false;
        }
        weight += (text.at[i] - '0') * place;
    }
    *out = weight;
    return true;
}

static bool read_type(struct stator_span text, struct media_range *range)
{
    struct stator_span any = STATOR_SPAN_INIT("*");
    return split(text, '/', &range->type, &range->subtype) && stator_token_is_valid(range->type) &&
           stator_token_is_valid(range->subtype) &&
           (!stator_span_equal(range->type, any) || stator_span_equal(range->subtype, any));
}

static bool is_quoted(struct stator_span text)
{
    return text.length >= 2 && text.at[0] == '"' && text.at[text.length - 1] == '"';
}

/* A parameter named q is the weight wherever it stands: RFC 9110 12.5.1. */
static bool read_parameter(struct stator_span text, struct media_range *range)
{
    struct stator_span name, value;
    if (!split(text, '=', &name, &value) || !stator_token_is_valid(name)) {
        return false;
    }
    if (stator_span_equal_nocase(name, STATOR_SPAN("q"))) {
        return read_weight(value, &range->weight);
    }
    range->has_parameters = true;
    return stator_token_is_valid(value) || is_quoted(value);
}

static bool read_member(struct stator_span member, struct media_range *out)
{
    struct media_range range = {.weight = WEIGHT_MAX};
    struct stator_span piece;
    if (member.at[0] == ';' || !stator_parameter_next(&member, &piece) ||
        !read_type(piece, &range)) {
        return false;
    }
    while (stator_parameter_next(&member, &piece)) {
        if (!read_parameter(piece, &range)) {
            return false;
        }
    }
    *out = range;
    return true;
}

static enum closeness compare(const struct media_range *range, struct stator_span type,
                              struct stator_span subtype)
{
    struct stator_span any = STATOR_SPAN_INIT("*");
    if (range->has_parameters) {
        return NOT_AT_ALL;
    }
    if (stator_span_equal(range->type, any)) {
        return ANYTHING;
    }
    if (!stator_span_equal_nocase(range->type, type)) {
        return NOT_AT_ALL;
    }
    if (stator_span_equal(range->subtype, any)) {
        return TYPE_ALONE;
    }
    return stator_span_equal_nocase(range->subtype, subtype) ? THE_TYPE : NOT_AT_ALL;
}

int stator_accept_quality(struct stator_span accept, struct stator_span type)
{
    struct stator_span main_type, subtype, member;
    enum closeness best = NOT_AT_ALL;
    int weight = -1;
    if (!split(type, '/', &main_type, &subtype)) {
        return -1;
    }
    while (stator_list_next(&accept, &member)) {
        struct media_range range;
        if (!read_member(member, &range)) {
            continue;
        }
        enum closeness closeness = compare(&range, main_type, subtype);
        bool better = closeness > best || (closeness == best && range.weight > weight);
        if (closeness != NOT_AT_ALL && better) {
            best = closeness;
            weight = range.weight;
        }
    }
    return weight;
}
