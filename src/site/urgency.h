/*
 * How urgent a request is, by its path: rules "PREFIX=N", of which the longest prefix wins.
 *
 * A prefix is whole segments of a path: "/film" is right for "/film" and "/film/a", not for
 * "/films"; "/film/" for what lies beneath it alone; "/" for all. It is written as the path is once
 * its escapes are resolved.
 */
#ifndef STATOR_SITE_URGENCY_H
#define STATOR_SITE_URGENCY_H

#include "base/span.h"

/* RFC 9218 4.1: 0 is the most urgent; 3 where nobody says. */
#define STATOR_URGENCIES       8
#define STATOR_URGENCY_DEFAULT 3

struct stator_urgency_rule;

/* All zero: no rules. */
struct stator_urgency_rules {
    struct stator_urgency_rule *at; /* owned */
    size_t count;
};

/*
 * Adds the rule "PREFIX=N"; of two with the same prefix the later one counts. Fails: -EINVAL where
 * the text is no such rule, -ENOMEM; the rules stay as they were.
 */
int stator_urgency_add(struct stator_urgency_rules *rules, struct stator_span text);

void stator_urgency_finish(struct stator_urgency_rules *rules);

/* False where no rule is about the path; `out` is then untouched. */
bool stator_urgency_find(const struct stator_urgency_rules *rules, struct stator_span path,
                         unsigned *out);

#endif
