/*
 * Takes UTF-8 apart.
 *
 * Knows which bytes may follow which; refuses to know what a character means or how it is escaped.
 * The one surprising thing: overlong forms, surrogates and what lies past U+10FFFF need no test of
 * the value, because the bounds of the second byte already leave them out.
 */
#include "base/utf8.h"

/* What a first byte of a character of several bytes says of it: RFC 3629 4. */
struct lead {
    unsigned char first, last; /* the bytes that say it */
    unsigned char low, high;   /* bounds of the second byte; those of all others are 80..BF */
    unsigned char length;
};

static const struct lead leads[] = {
    {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
    {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
    {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

/* NULL for a byte that begins nothing. */
static const struct lead *find_lead(unsigned char byte)
{
    if (byte < leads[0].first) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof(leads) / sizeof(leads[0]); i++) {
        if (byte >= leads[i].first && byte <= leads[i].last) {
            return &leads[i];
        }
    }
    return NULL;
}

/* Decodes what `lead` begins; `taken` is how many bytes of `text` the character or the piece is. */
static uint32_t decode_several(const struct lead *lead, struct stator_span text, size_t *taken)
{
    unsigned low = lead->low, high = lead->high;
    uint32_t point = (unsigned char)text.at[0] & (0x7fu >> lead->length);
    for (*taken = 1; *taken < lead->length; (*taken)++) {
        if (*taken == text.length) {
            return STATOR_UTF8_REPLACEMENT;
        }
        unsigned char byte = (unsigned char)text.at[*taken];
        if (byte < low || byte > high) {
            return STATOR_UTF8_REPLACEMENT;
        }
        point = point << 6 | (byte & 0x3f);
        low = 0x80;
        high = 0xbf;
    }
    return point;
}

uint32_t stator_utf8_decode(struct stator_span *rest)
{
    unsigned char byte = (unsigned char)rest->at[0];
    const struct lead *lead = find_lead(byte);
    uint32_t point = byte < 0x80 ? byte : STATOR_UTF8_REPLACEMENT;
    size_t taken = 1;
    if (lead != NULL) {
        point = decode_several(lead, *rest, &taken);
    }
    *rest = stator_span_skip(*rest, taken);
    return point;
}

struct stator_span stator_utf8_next(struct stator_span *rest)
{
    struct stator_span text = *rest;
    if (stator_utf8_decode(rest) == STATOR_UTF8_REPLACEMENT) {
        return STATOR_SPAN("\xef\xbf\xbd");
    }
    return stator_span_first(text, text.length - rest->length);
}
