#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "plumbline/coach.h"
#include "plumbline/figure.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct figure figure;

/* ---- what is shipped ---- */

static void each_file_is_a_figure_of_its_name(void **state)
{
    (void)state;
    glob_t files;
    assert_int_equal(glob(PLUMBLINE_SOURCE_DIR "/data/figures/*.svg", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        char id[64];
        snprintf(id, sizeof id, "%s", strrchr(files.gl_pathv[i], '/') + 1);
        *strrchr(id, '.') = 0;
        int found = figure_find(id, &figure);
        if (found) print_message("%s: %s\n", id, strerror(-found));
        assert_int_equal(found, 0);
        for (unsigned s = 0; s < figure.n_strokes; s++) {
            assert_true(figure.stroke[s].x0 >= 0 && figure.stroke[s].y0 >= 0);
            assert_true(figure.stroke[s].x1 <= FIGURE_BOX && figure.stroke[s].y1 <= FIGURE_BOX);
        }
        size_t n;
        const char *svg = figure_svg(id, &n);
        assert_memory_equal(svg, "<svg ", 5);
        assert_memory_equal(svg + n - 6, "</svg>", 6);
    }
    globfree(&files);
}

/* ---- text ---- */

static void text_is(const char *id, bool utf8, const char *expected, unsigned lines)
{
    char text[FIGURE_TEXT_MAX];
    assert_int_equal(figure_find(id, &figure), 0);
    assert_int_equal(figure_text(&figure, 24, utf8, text), lines);
    assert_string_equal(text, expected);
}

static void a_figure_in_braille_dots(void **state)
{
    (void)state;
    text_is("tfoam", true,
            "      ⢾⡷⠶⠶⢾⡷\n"
            "     ⣠⣤⣄ ⢠⣶⣤⡀\n"
            "     ⢿⣿⡿⣴⣿⣷⣿⣿⣧⣤⣤⣤⣴⡶⣿⡆\n"
            "       ⢀⡼⠛⢯⡉⠙⠛⠛⠋⠁  ⣿⡇\n"
            "       ⠸⣆⣀⣰⠇       ⣿⣧⣤⡄\n"
            " ⠘⠛⠛⠛⠛⠛⠛⠛⠛⠛⠛⠛⠛⠛⠛⠛⠛⠛⠛⠛⠛⠃\n",
            6);
}

/* ---- the reader ---- */

#define HEAD "<svg viewBox=\"0 0 96 96\">"
#define GROUP "<g class=\"body\" stroke-width=\"5\">"
#define TAIL "</g></svg>"

static void a_stroke_has_its_groups_look_and_all_its_points(void **state)
{
    (void)state;
    assert_int_equal(figure_read(HEAD "<title>A &lt; b</title><g stroke=\"#fff\" stroke-width=\"3\" class=\"prop\" fill=\"#fff\">"
                                      "<circle cx=\"10\" cy=\"20.5\" r=\"4\"/>\n<path d=\"M1 2 L3,4 Q5 6 7 8 Z M9 9 L8 8\"/>" TAIL, &figure), 0);
    assert_int_equal(figure.n_strokes, 3);
    assert_int_equal(figure.stroke[0].look, FIGURE_PROP);
    assert_true(figure.stroke[0].filled && figure.stroke[0].radius == 4 && figure.stroke[0].width == 3);
    assert_true(figure.stroke[0].x0 == 4.5f && figure.stroke[0].y1 == 26);
    assert_int_equal(figure.stroke[1].n, 2 + 8 + 1);
    const struct figure_point *p = &figure.point[figure.stroke[1].first];
    assert_true(p[9].x == 7 && p[9].y == 8 && p[10].x == 1 && p[10].y == 2);
    assert_int_equal(figure.stroke[2].n, 2);
}

static void what_is_not_a_figure_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "", "<", "<svg", "<svg >", "<svg viewBox=\"0 0 96 96\"", HEAD, HEAD "</svg>", HEAD GROUP, HEAD GROUP "</svg>",
        HEAD GROUP TAIL, "<svg viewBox=\"0 0 24 24\">" GROUP "<path d=\"M1 1\"/>" TAIL,
        HEAD "<path d=\"M1 1 L2 2\"/></svg>", HEAD "<g class=\"body\"><path d=\"M1 1\"/>" TAIL,
        HEAD "<g class=\"bod\" stroke-width=\"5\"><path d=\"M1 1\"/>" TAIL,
        HEAD "<g class=\"body\" stroke-width=\"-5\"><path d=\"M1 1\"/>" TAIL,
        HEAD GROUP GROUP "<path d=\"M1 1\"/></g>" TAIL, HEAD GROUP "<path d=\"\"/>" TAIL, HEAD GROUP "<path d=\"L1 1\"/>" TAIL,
        HEAD GROUP "<path d=\"M1\"/>" TAIL, HEAD GROUP "<path d=\"M1 1 l2 2\"/>" TAIL, HEAD GROUP "<path d=\"M1 nan\"/>" TAIL,
        HEAD GROUP "<path d=\"M1 1e30\"/>" TAIL, HEAD GROUP "<path d=\"M1 1 L2 2", HEAD GROUP "<path x=\"M1 1\"/>" TAIL,
        HEAD GROUP "<circle cx=\"1\" cy=\"1\"/>" TAIL, HEAD GROUP "<circle cx=\"1\" cy=\"1\" r=\"0\"/>" TAIL,
        HEAD GROUP "<rect x=\"1\"/>" TAIL, HEAD "<script>1</script>" GROUP "<path d=\"M1 1\"/>" TAIL,
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (figure_read(wrong[i], &figure) != -EINVAL) fail_msg("taken: %s", wrong[i]);
    }
}

static void no_more_is_read_than_there_is_room_for(void **state)
{
    (void)state;
    static char svg[20000] = HEAD GROUP "<path d=\"M1 1";
    for (int i = 0; i < FIGURE_POINTS_MAX; i++) strcat(svg, " L1 1");
    strcat(svg, "\"/>" TAIL);
    assert_int_equal(figure_read(svg, &figure), -E2BIG);
    strcpy(svg, HEAD GROUP "<path d=\"");
    for (int i = 0; i <= FIGURE_STROKES_MAX; i++) strcat(svg, " M1 1");
    strcat(svg, "\"/>" TAIL);
    assert_int_equal(figure_read(svg, &figure), -E2BIG);
}

static void an_item_without_one_is_told(void **state)
{
    (void)state;
    size_t n;
    assert_int_equal(figure_find("nothing", &figure), -ENOENT);
    assert_int_equal(figure_find("", &figure), -ENOENT);
    assert_int_equal(figure_find("walk", &figure), -ENOENT);
    assert_null(figure_svg("walk3\" ", &n));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_file_is_a_figure_of_its_name),
        cmocka_unit_test(an_item_without_one_is_told),
        cmocka_unit_test(a_figure_in_braille_dots),
        cmocka_unit_test(a_stroke_has_its_groups_look_and_all_its_points),
        cmocka_unit_test(what_is_not_a_figure_is_refused),
        cmocka_unit_test(no_more_is_read_than_there_is_room_for),
    };
    return cmocka_run_group_tests_name("figure", tests, NULL, NULL);
}
