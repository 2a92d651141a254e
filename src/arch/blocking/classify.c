/*
 * The class of a request: the site's rule for its path, else the client's Priority (RFC 9218).
 *
 * It reads the head with the one parser that there is, so what is classified is what will be
 * served. Where the site has a rule for the path, the client is not asked (RFC 9218 lets a server
 * decide): otherwise every client could claim to be urgent.
 */
#include "arch/blocking/classify.h"

/* RFC 9218 4.1: an integer from 0 to 7; anything else is as if it were not there. */
static unsigned read_urgency(struct stator_span member, unsigned before)
{
    size_t end = stator_span_find(member, ';');
    struct stator_span text = stator_span_trim(stator_span_first(member, end));

    if (text.length != 3 || !stator_span_starts(text, STATOR_SPAN("u=")) || text.at[2] < '0' ||
        text.at[2] >= '0' + STATOR_URGENCIES) {
        return before;
    }
    return (unsigned)(text.at[2] - '0');
}

/* RFC 8941 3.2: members of a dictionary are parted by commas, and the last one of a key counts. */
static unsigned read_priority(struct stator_span value, unsigned before)
{
    while (value.length > 0) {
        size_t end = stator_span_find(value, ',');

        before = read_urgency(stator_span_first(value, end), before);
        value = stator_span_skip(value, end < value.length ? end + 1 : end);
    }
    return before;
}

void stator_classify(struct stator_worker *worker, struct stator_span in,
                     struct stator_classified *out)
{
    struct stator_request *request = &worker->request;
    struct stator_request_progress progress = {0};

    *out = (struct stator_classified){.urgency = STATOR_URGENCY_DEFAULT};
    if (stator_request_parse(in, &worker->limits.request, &progress, request) !=
        STATOR_PARSE_DONE) {
        return;
    }
    out->path = request->path;
    if (stator_urgency_find(&worker->site->urgencies, request->path, &out->urgency)) {
        return;
    }
    for (size_t i = 0; i < request->field_count; i++) {
        const struct stator_request_field *field = &request->fields[i];

        if (field->id == STATOR_FIELD_OTHER &&
            stator_span_equal_nocase(field->name, STATOR_SPAN("Priority"))) {
            out->urgency = read_priority(field->value, out->urgency);
        }
    }
}

uint64_t stator_classify_size(struct stator_worker *worker, struct stator_span path)
{
    struct stator_entry *entry = NULL;
    uint64_t size = 0;

    if (!stator_span_starts(path, STATOR_SPAN("/")) ||
        stator_cache_get(worker->cache, path, &entry) < 0) {
        return 0;
    }
    if (entry->kind == STATOR_ENTRY_KIND_FILE) {
        size = entry->version.size;
    }
    stator_entry_unref(entry);
    return size;
}
