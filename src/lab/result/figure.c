/*
 * Figures as people read them.
 *
 * Knows units and how many digits matter; refuses to know what is good. The one surprising thing:
 * an interval takes its unit from the median, so that its ends can be compared at a glance.
 */
#include "lab/result/figure.h"

#include <math.h>
#include <string.h>

/* Above that many names nobody reads them all: the first few stand for them. */
#define NAMES_MAX   5
#define NAMES_SHOWN 3

struct scale {
    const char *unit;
    double size;
};

static const struct scale times[] = {{" s", 1e6}, {" ms", 1e3}, {" us", 1}};
static const struct scale sizes[] = {
    {" GiB", 1073741824.0}, {" MiB", 1048576.0}, {" KiB", 1024}, {" B", 1}};

static struct scale find_scale(const struct scale *scales, size_t count, double value)
{
    for (size_t i = 0; i + 1 < count; i++) {
        if (fabs(value) >= scales[i].size) {
            return scales[i];
        }
    }
    return scales[count - 1];
}

static struct scale scale_of(enum stator_metric metric, double value)
{
    const char *unit = stator_metric_info(metric)->unit;

    if (strcmp(unit, "us") == 0) {
        return find_scale(times, sizeof(times) / sizeof(times[0]), value);
    }
    if (strcmp(unit, "bytes") == 0) {
        return find_scale(sizes, sizeof(sizes) / sizeof(sizes[0]), value);
    }
    if (strcmp(unit, "us/request") == 0) {
        return (struct scale){" us", 1};
    }
    if (strcmp(unit, "1/s") == 0) {
        return (struct scale){" /s", 1};
    }
    if (strcmp(unit, "Mbit/s") == 0) {
        return (struct scale){" Mbit/s", 1};
    }
    if (strcmp(unit, "share") == 0) {
        return (struct scale){" %", 0.01};
    }
    return (struct scale){"", 1};
}

static void add_separated(struct stator_text *out, uint64_t number)
{
    if (number >= 1000) {
        add_separated(out, number / 1000);
        stator_text_add_format(out, ",%03u", (unsigned)(number % 1000));
    } else {
        stator_text_add_number(out, number);
    }
}

/* What comes after the fourth digit is noise. */
static uint64_t round_digits(double size)
{
    uint64_t number = (uint64_t)llround(size), step = 1;

    while (number / step >= 10000) {
        step *= 10;
    }
    return (number + step / 2) / step * step;
}

void stator_figure_add_number(struct stator_text *out, double value)
{
    double size = fabs(value);

    if (!isfinite(value)) {
        stator_text_add_char(out, '-');
    } else if (size >= 999.5 && size < 1e15) {
        stator_text_add_string(out, value < 0 ? "-" : "");
        add_separated(out, round_digits(size));
    } else if (size >= 1e15) {
        stator_text_add_format(out, "%.3g", value);
    } else if (size == floor(size) || size >= 99.95) {
        stator_text_add_format(out, "%.0f", value);
    } else {
        stator_text_add_format(out, size >= 9.995 ? "%.1f" : size >= 0.01 ? "%.2f" : "%.2g", value);
    }
}

void stator_figure_add(struct stator_text *out, enum stator_metric metric, double value)
{
    struct scale scale = scale_of(metric, value);

    stator_figure_add_number(out, value / scale.size);
    stator_text_add_string(out, isfinite(value) ? scale.unit : "");
}

void stator_figure_add_interval(struct stator_text *out, enum stator_metric metric,
                                const struct stator_estimate *estimate)
{
    struct scale scale = scale_of(metric, estimate->median);

    stator_figure_add_number(out, estimate->low / scale.size);
    stator_text_add_string(out, " to ");
    stator_figure_add_number(out, estimate->high / scale.size);
}

void stator_figure_add_excess(struct stator_text *out, double ratio)
{
    if (ratio < 2) {
        stator_text_add_format(out, "%.0f %%", (ratio - 1) * 100);
    } else {
        stator_text_add_format(out, ratio < 9.95 ? "a factor of %.1f" : "a factor of %.0f", ratio);
    }
}

void stator_figure_add_names(struct stator_text *out, const char *const *names, size_t count)
{
    size_t shown = count > NAMES_MAX ? NAMES_SHOWN : count;

    for (size_t i = 0; i < shown; i++) {
        stator_text_add_string(out, i == 0 ? "" : i + 1 < count ? ", " : " and ");
        stator_text_add_string(out, names[i]);
    }
    if (shown < count) {
        stator_text_add_format(out, " and %zu others", count - shown);
    }
}
