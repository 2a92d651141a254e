/*
 * Which conditions a request makes, and whether they hold.
 *
 * Knows the precedence of RFC 9110 13.2.2; refuses to know what is answered. The one surprising
 * thing: a field that is sent on several lines is one list (RFC 9110 5.3), so any line may hold the
 * match.
 */
#include "exchange/precondition.h"

#include "http/date.h"
#include "http/etag.h"

/* What entry.c wrote: a well-formed tag, or nothing. */
static struct stator_etag entry_etag(const struct stator_entry *entry)
{
    struct stator_span text = stator_span_from(entry->etag);
    bool weak = text.length > 0 && text.at[0] == 'W';
    size_t quote = weak ? 3 : 1;

    if (text.length <= quote) {
        return (struct stator_etag){{0}, false};
    }
    return (struct stator_etag){{text.at + quote, text.length - quote - 1}, weak};
}

static enum stator_etag_match match_lists(const struct stator_request *request,
                                          enum stator_field id, const struct stator_entry *entry,
                                          enum stator_etag_comparison comparison)
{
    const struct stator_etag current = entry_etag(entry);
    enum stator_etag_match verdict = STATOR_ETAG_MATCH_NO;
    size_t cursor = 0;

    for (;;) {
        const struct stator_request_field *field = stator_request_field_next(request, id, &cursor);

        if (field == NULL) {
            return verdict;
        }
        switch (stator_etag_list_match(field->value, &current, comparison)) {
        case STATOR_ETAG_MATCH_INVALID:
            return STATOR_ETAG_MATCH_INVALID;
        case STATOR_ETAG_MATCH_YES:
            verdict = STATOR_ETAG_MATCH_YES;
            break;
        case STATOR_ETAG_MATCH_NO:
            break;
        }
    }
}

/* RFC 9110 13.1.3, 13.1.4: a field that is no single valid date is as if it were not there. */
static bool read_date(const struct stator_request *request, enum stator_field id, int64_t now,
                      int64_t *out)
{
    return request->known[id] == 1 &&
           stator_date_parse(stator_request_field(request, id), now, out);
}

/* What nearly every client sends that has a copy: the tag that it was given, and nothing else. So
 * neither tag need be taken apart. */
static bool names_current(const struct stator_request *request, const struct stator_entry *entry)
{
    struct stator_span etag = stator_span_from(entry->etag);

    return etag.length > 0 && request->known[STATOR_FIELD_IF_NONE_MATCH] == 1 &&
           stator_span_equal(stator_request_field(request, STATOR_FIELD_IF_NONE_MATCH), etag);
}

enum stator_precondition stator_precondition_evaluate(const struct stator_request *request,
                                                      const struct stator_entry *entry, int64_t now)
{
    int64_t date;

    if (request->known[STATOR_FIELD_IF_MATCH] > 0) {
        if (match_lists(request, STATOR_FIELD_IF_MATCH, entry, STATOR_ETAG_COMPARISON_STRONG) !=
            STATOR_ETAG_MATCH_YES) {
            return STATOR_PRECONDITION_FAILED;
        }
    } else if (entry->modified[0] != '\0' &&
               read_date(request, STATOR_FIELD_IF_UNMODIFIED_SINCE, now, &date) &&
               entry->modified_seconds > date) {
        return STATOR_PRECONDITION_FAILED;
    }

    if (request->known[STATOR_FIELD_IF_NONE_MATCH] > 0) {
        if (names_current(request, entry) ||
            match_lists(request, STATOR_FIELD_IF_NONE_MATCH, entry, STATOR_ETAG_COMPARISON_WEAK) ==
                STATOR_ETAG_MATCH_YES) {
            return STATOR_PRECONDITION_NOT_MODIFIED;
        }
    } else if (entry->modified[0] != '\0' &&
               read_date(request, STATOR_FIELD_IF_MODIFIED_SINCE, now, &date) &&
               entry->modified_seconds <= date) {
        return STATOR_PRECONDITION_NOT_MODIFIED;
    }
    return STATOR_PRECONDITION_GO_ON;
}

bool stator_precondition_range_holds(const struct stator_request *request,
                                     const struct stator_entry *entry, int64_t now)
{
    struct stator_span value = stator_request_field(request, STATOR_FIELD_IF_RANGE);
    struct stator_etag etag;
    int64_t date;

    if (request->known[STATOR_FIELD_IF_RANGE] == 0) {
        return true;
    }
    if (request->known[STATOR_FIELD_IF_RANGE] > 1) {
        return false;
    }
    if (stator_etag_parse(value, &etag)) {
        const struct stator_etag current = entry_etag(entry);

        return stator_etag_equal(&etag, &current, STATOR_ETAG_COMPARISON_STRONG);
    }
    /* RFC 9110 8.8.2.2: a time of the current second may still come to name another version. */
    return entry->modified[0] != '\0' && !entry->weak && entry->modified_seconds < now &&
           stator_date_parse(value, now, &date) && date == entry->modified_seconds;
}
