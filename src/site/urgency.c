/*
 * Rules from paths to urgencies.
 *
 * Knows how a rule is written and which one is right for a path; refuses to know what an urgency is
 * good for. The one surprising thing: a prefix may hold '=', for the last one parts it from the
 * number.
 */
#include "site/urgency.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct stator_urgency_rule {
    char *prefix; /* owned */
    size_t length;
    unsigned urgency;
};

/* The length of the prefix of a rule; 0 where it is none. */
static size_t measure(struct stator_span text)
{
    char last;

    if (text.length < 3 || text.at[0] != '/' || text.at[text.length - 2] != '=') {
        return 0;
    }
    last = text.at[text.length - 1];
    return last >= '0' && last < '0' + STATOR_URGENCIES ? text.length - 2 : 0;
}

int stator_urgency_add(struct stator_urgency_rules *rules, struct stator_span text)
{
    size_t length = measure(text);
    struct stator_urgency_rule *grown;
    char *prefix;

    if (length == 0) {
        return -EINVAL;
    }
    grown = reallocarray(rules->at, rules->count + 1, sizeof(*grown));
    if (grown == NULL) {
        return -ENOMEM;
    }
    rules->at = grown;
    prefix = strndup(text.at, length);
    if (prefix == NULL) {
        return -ENOMEM;
    }
    rules->at[rules->count++] = (struct stator_urgency_rule){
        .prefix = prefix,
        .length = length,
        .urgency = (unsigned)(text.at[text.length - 1] - '0'),
    };
    return 0;
}

void stator_urgency_finish(struct stator_urgency_rules *rules)
{
    for (size_t i = 0; i < rules->count; i++) {
        free(rules->at[i].prefix);
    }
    free(rules->at);
    *rules = (struct stator_urgency_rules){0};
}

/* A prefix ends where a segment does. */
static bool is_about(const struct stator_urgency_rule *rule, struct stator_span path)
{
    return stator_span_starts(path, (struct stator_span){rule->prefix, rule->length}) &&
           (rule->prefix[rule->length - 1] == '/' || path.length == rule->length ||
            path.at[rule->length] == '/');
}

bool stator_urgency_find(const struct stator_urgency_rules *rules, struct stator_span path,
                         unsigned *out)
{
    size_t longest = 0;

    for (size_t i = 0; i < rules->count; i++) {
        const struct stator_urgency_rule *rule = &rules->at[i];

        if (rule->length >= longest && is_about(rule, path)) {
            longest = rule->length;
            *out = rule->urgency;
        }
    }
    return longest > 0;
}
