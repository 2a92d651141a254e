/*
 * The table of commands, and how one says that it cannot do what was asked.
 */
#include <stdio.h>
#include <string.h>

#include "lab/command/command.h"
#include "server/suggest.h"

static const struct stator_command commands[] = {
    {"doctor", "", "what can run here, what limits it, and what to change", stator_command_doctor},
    {"list", "[designs|workloads|metrics|claims]", "what there is to choose from",
     stator_command_list},
    {"run", "[--designs LIST] [--workloads LIST] ...", "measures designs under workloads",
     stator_command_run},
    {"sweep", "--design NAME --knob KNOB=V1,V2,... [--workload NAME]",
     "measures one design at several settings of a knob", stator_command_sweep},
    {"model", "[--cpu TIME --disk TIME --hit SHARE ...]", "what threads can do, without a server",
     stator_command_model},
    {"validate", "[--quick]", "checks emulated devices against what can be computed",
     stator_command_validate},
    {"load", "URL [FLAGS]", "puts load on any server and tells how it answers",
     stator_command_load},
    {"report", "RESULTS.json [...] [-o PAGE.html]", "a page of results", stator_command_report},
    {"compare", "BASE.json NEW.json [--all]", "has anything got worse?", stator_command_compare},
    {"serve", NULL, "a server under test", stator_command_serve},
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

const struct stator_command *stator_command_at(unsigned index)
{
    return index < COMMANDS ? &commands[index] : NULL;
}

const struct stator_command *stator_command_find(const char *name)
{
    for (unsigned i = 0; i < COMMANDS; i++) {
        if (strcmp(commands[i].name, name) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}

int stator_command_fail(int code, const char *what, const char *why, const char *fix)
{
    fprintf(stderr, "stator-lab: %s\n", what);
    if (why != NULL) {
        fprintf(stderr, "  why: %s\n", why);
    }
    if (fix != NULL) {
        fprintf(stderr, "  fix: %s\n", fix);
    }
    return code;
}

int stator_command_unknown(const char *kind, const char *word, const char *const *known)
{
    struct stator_suggest suggest = {.word = word};
    char what[160], why[160], fix[400];
    size_t length = 0;

    for (size_t i = 0; known[i] != NULL; i++) {
        stator_suggest_offer(&suggest, known[i]);
        if (length < sizeof(fix)) {
            length += (size_t)snprintf(fix + length, sizeof(fix) - length, "%s%s",
                                       i > 0 ? ", " : "one of: ", known[i]);
        }
    }
    snprintf(what, sizeof(what), "there is no %s '%.60s'", kind, word);
    snprintf(why, sizeof(why), "the nearest one is '%s'",
             suggest.nearest != NULL ? suggest.nearest : "");
    return stator_command_fail(STATOR_LAB_EXIT_USAGE, what, suggest.nearest != NULL ? why : NULL,
                               fix);
}
