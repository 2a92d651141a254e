/*
 * What the page's words mean: its designs, and the terms that it takes from elsewhere.
 *
 * Knows that a reader may have the page alone; refuses to say what was measured. The one surprising
 * thing: what a design is comes from the design itself, so a page from another program's results
 * has no more than its name.
 */
#include "lab/report/parts.h"
#include "lab/workload/candidate.h"

static void add_arch(struct stator_report *report, const char *name)
{
    struct stator_candidate candidate;
    struct stator_error error;

    stator_report_element(report, "<tr><th scope=\"row\">", name, "</th><td>");
    if (stator_candidate_read(name, &candidate, &error) == 0) {
        stator_report_element(report, "", candidate.impl->summary, "</td><td>");
        stator_report_element(report, "", candidate.impl->source, "</td></tr>\n");
    } else {
        stator_report_tag(report, "-</td><td>-</td></tr>\n");
    }
}

void stator_report_archs(struct stator_report *report)
{
    stator_report_tag(report,
                      "<section id=\"designs\">\n<h2>The designs</h2>\n<p>All have the same "
                      "HTTP code, files and limits; what differs is who waits, and on "
                      "what.</p>\n");
    stator_report_begin_table(report, "What each design is, and where it comes from");
    stator_report_tag(report, "<thead><tr><th scope=\"col\">design</th><th scope=\"col\">what it "
                              "does</th><th scope=\"col\">source</th></tr></thead>\n"
                              "<tbody class=\"text\">\n");
    for (size_t i = 0; i < report->view->arch_count; i++) {
        add_arch(report, report->view->archs[i]);
    }
    stator_report_end_table(report);
    stator_report_tag(report, "</section>\n");
}

static const struct {
    const char *word, *meaning;
} words[] = {
    {"event loop", "one thread that asks the system which sockets have something to do, and does "
                   "it for one after the other; it must never wait for anything else"},
    {"epoll, poll, select",
     "how a loop asks. poll and select are given the whole list each time and look at each entry, "
     "so each idle connection costs something in every turn; epoll keeps the list in the kernel "
     "and is told what happens. Designs with event in their names use epoll unless they say "
     "backend=poll or backend=select"},
    {"FD_SETSIZE", "the number of the first descriptor that select has no room for: 1024"},
    {"AMPED", "asymmetric multi-process event-driven: an event loop gives what may have to wait "
              "for a disk to helper threads, and goes on with others meanwhile"},
    {"channels", "how many accesses the emulated disk does at a time; further ones queue"},
    {"PSS", "proportional set size: a process's memory, with pages that several processes have "
            "divided among them"},
    {"slab", "the kernel's memory for small things: sockets, descriptors, their buffers"},
    {"closed and open loop", "clients that wait for a response before they ask again; clients that "
                             "ask at given times, whatever the server does"},
    {"Jain's index", "how evenly responses were spread over clients: 1 is evenly, 1/n is all for "
                     "one of n"},
    {"p99", "99 of 100 responses took no longer than this"},
    {"block", "one repetition: every design in every workload once, in shuffled order"},
    {"COMP 177, CS555, C10K", "two courses that treat concurrency in servers; and Dan Kegel's page "
                              "on ten thousand clients"},
};

void stator_report_terms(struct stator_report *report)
{
    stator_report_tag(report, "<details>\n<summary>What the words mean</summary>\n<dl>\n");
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        stator_report_element(report, "<dt>", words[i].word, "</dt>");
        stator_report_element(report, "<dd>", words[i].meaning, "</dd>\n");
    }
    stator_report_tag(report, "</dl>\n</details>\n");
}
