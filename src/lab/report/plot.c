/*
 * Plots by gnuplot.
 *
 * Knows how gnuplot is run and what all plots look like; refuses to know what is plotted. The one
 * surprising thing: names of designs and levels come from a file, and gnuplot runs commands that it
 * finds in back quotes, so only harmless characters pass.
 */
#include "lab/report/plot.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS 20000
#define LOOK_MS     5
#define SVG_MAX     (8u << 20)

extern char **environ;

/* One style for all plots; black and gray are given the page's colours by its style sheet. */
static const char style[] =
    "set encoding utf8\n"
    "set border 3 lw 1\n"
    "set tics nomirror out scale 0.6\n"
    "set grid ytics lc rgb 'gray' lw 0.5 dt 1\n"
    "set key outside below left Left reverse samplen 2.5 spacing 1.2 height 1 font ',13'\n"
    "set style fill solid 0.75 noborder\n"
    "set errorbars small\n"
    "set lmargin 11\n";

/* Of middle lightness, so that each can be told from white and from black paper. */
static const char *const colours[] = {"#3b7dc4", "#c8671b", "#2a8f5b", "#b0519c",
                                      "#8c7a1a", "#1f93a0", "#cf4550", "#7f7aa8"};
static const unsigned markers[] = {7, 5, 9, 13, 6, 4, 8, 12, 1, 2, 3};

#define COLOURS (sizeof(colours) / sizeof(colours[0]))
#define MARKERS (sizeof(markers) / sizeof(markers[0]))
#define DASHES  5

void stator_plot_add_styles(struct stator_text *script, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        stator_text_add_format(script, "set style line %zu lc rgb '%s' lw 2 dt %zu pt %u ps 0.8\n",
                               i + 1, colours[i % COLOURS], 1 + i % DASHES, markers[i % MARKERS]);
    }
}

void stator_plot_add_string(struct stator_text *script, const char *text)
{
    stator_text_add_char(script, '\'');
    for (; *text != '\0'; text++) {
        bool harmless = (unsigned char)*text >= ' ' && strchr("'\"`\\$@{}|!\x7f", *text) == NULL;

        stator_text_add_char(script, harmless ? *text : '?');
    }
    stator_text_add_char(script, '\'');
}

bool stator_plot_is_possible(void)
{
    const char *path = getenv("PATH");
    char file[4096];

    for (; path != NULL && *path != '\0'; path += *path == ':') {
        size_t length = strcspn(path, ":");

        snprintf(file, sizeof(file), "%.*s/gnuplot", (int)length, path);
        if (access(file, X_OK) == 0) {
            return true;
        }
        path += length;
    }
    return false;
}

static int write_script(FILE *file, struct stator_span script, unsigned width, unsigned height)
{
    fprintf(file, "set terminal svg size %u,%u dynamic noenhanced font 'sans-serif,15' lw 1\n%s",
            width, height, style);
    fwrite(script.at, 1, script.length, file);
    if (fflush(file) != 0 || ferror(file)) {
        return -EIO;
    }
    rewind(file);
    return 0;
}

/* Starts it with those for its input and output, and its complaints left out. */
static int start(FILE *in, FILE *out, pid_t *pid)
{
    char name[] = "gnuplot", defaults[] = "-d";
    char *const arguments[] = {name, defaults, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    int error;

    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    posix_spawn_file_actions_adddup2(&actions, fileno(in), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(out), STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    error = posix_spawnp(pid, "gnuplot", &actions, &attributes, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return -error;
}

static int await(pid_t pid)
{
    struct timespec pause = {.tv_nsec = LOOK_MS * 1000000L};
    int status;

    for (int waited = 0; waited < PATIENCE_MS; waited += LOOK_MS) {
        pid_t ended = waitpid(pid, &status, WNOHANG);

        if (ended == pid) {
            return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EPROTO;
        }
        if (ended < 0 && errno != EINTR) {
            return -errno;
        }
        nanosleep(&pause, NULL);
    }
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    return -ETIMEDOUT;
}

/* Names that a drawing gives and uses: another drawing in the page has the same ones. */
static void add_renamed(struct stator_text *out, const char *svg, const char *id)
{
    static const char *const before[] = {" id='", " id=\"", "href='#", "href=\"#", "url(#"};
    const size_t count = sizeof(before) / sizeof(before[0]);

    while (*svg != '\0') {
        size_t i = 0;

        while (i < count && strncmp(svg, before[i], strlen(before[i])) != 0) {
            i++;
        }
        if (i < count) {
            stator_text_add_format(out, "%s%s-", before[i], id);
            svg += strlen(before[i]);
        } else {
            stator_text_add_char(out, *svg++);
        }
    }
}

/* The <svg> alone: without what stands before it, its name and who drew it. */
static int add_svg(struct stator_text *out, FILE *file, const char *id)
{
    char *svg = calloc(1, SVG_MAX + 1), *begin, *body;
    size_t length;

    if (svg == NULL) {
        return -ENOMEM;
    }
    rewind(file);
    length = fread(svg, 1, SVG_MAX, file);
    begin = strstr(svg, "<svg");
    body = strstr(svg, "</desc>");
    if (begin == NULL || body == NULL || length == SVG_MAX || strstr(body, "</svg>") == NULL) {
        free(svg);
        return -EPROTO;
    }
    *strchr(begin, '>') = '\0';
    stator_text_add_string(out, begin);
    stator_text_add_string(out, " aria-hidden=\"true\" focusable=\"false\">");
    add_renamed(out, body + strlen("</desc>"), id);
    free(svg);
    return out->failed ? -ENOMEM : 0;
}

int stator_plot_draw(struct stator_span script, unsigned width, unsigned height, const char *id,
                     struct stator_text *out)
{
    FILE *in = tmpfile(), *drawn = tmpfile();
    pid_t pid = 0;
    int error = in != NULL && drawn != NULL ? 0 : -errno;

    if (error == 0) {
        error = write_script(in, script, width, height);
    }
    if (error == 0) {
        error = start(in, drawn, &pid);
    }
    if (error == 0) {
        error = await(pid);
    }
    if (error == 0) {
        error = add_svg(out, drawn, id);
    }
    if (in != NULL) {
        fclose(in);
    }
    if (drawn != NULL) {
        fclose(drawn);
    }
    return error;
}
