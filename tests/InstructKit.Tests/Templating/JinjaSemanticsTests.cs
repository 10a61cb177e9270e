using InstructKit.Templating;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Values;
using Xunit;

namespace InstructKit.Tests.Templating;

/// <summary>Finer points of the language. Every expectation is the output of Jinja2 3.1.6 on Python 3.11; null if it fails there.</summary>
public sealed class JinjaSemanticsTests
{
    [Theory]
    [InlineData("{% set seen = [] %}{% for w in ws if w not in seen %}{{ seen.append(w) or '' }}{{ loop.index }}{{ w }} {% endfor %}", "{\"ws\": [\"a\", \"a\", \"b\"]}", "", "1a 2b ")]
    [InlineData("{% set seen = [] %}{% for w in ws if w not in seen %}{{ seen.append(w) or '' }}{{ loop.length }}{% endfor %}", "{\"ws\": [\"a\", \"a\", \"b\"]}", "", "22")]
    [InlineData("{% set seen = [] %}{% for w in ws | reject('in', seen) %}{{ seen.append(w) or '' }}{{ w }}{% endfor %}", "{\"ws\": [\"a\", \"a\", \"b\"]}", "", "ab")]
    [InlineData("{% set seen = [1] %}{% for w in ws | select('in', seen) %}{{ w }}{% do seen.append(w + 1) %}{% endfor %}", "{\"ws\": [1, 2, 3, 5]}", "", "123")]
    [InlineData("{% set ns = namespace(n=0) %}{% for b in xs | batch(2) %}{% set ns.n = ns.n + 1 %}{{ b }}{% break %}{% endfor %}{{ ns.n }}", "{\"xs\": [1, 2, 3]}", "", "[1, 2]1")]
    [InlineData("{% set g = xs | map('nosuchfilter') %}fine", "{\"xs\": [1]}", "", "fine")]
    [InlineData("{{ xs | map('nosuchfilter') | list }}", "{\"xs\": [1]}", "", null)]
    [InlineData("{% set g = xs | select %}{{ g | first }}{{ g | list }}", "{\"xs\": [0, 1, 2, 3]}", "", "1[2, 3]")]
    [InlineData("{% for x in xs | unique %}{{ x }}{% if loop.first %}{% do xs.append(9) %}{% endif %}{% endfor %}", "{\"xs\": [1, 1, 2]}", "", "129")]
    [InlineData("{% for x in xs if x %}{{ loop.last }}{{ loop.nextitem }}{{ loop.revindex }} {% else %}none{% endfor %}", "{\"xs\": [1, 0, 2]}", "", "False22 True1 ")]
    [InlineData("{% for k, v in ps if v %}{{ loop.previtem }}{{ loop.nextitem }}{% endfor %}", "{\"ps\": [[\"a\", 1], [\"b\", 0], [\"c\", 2]]}", "", "('c', 2)('a', 1)")]
    [InlineData("{% for k in d %}{{ k }}{% do d.update(z=1) %}{% endfor %}", "{\"d\": {\"a\": 1}}", "", null)]
    [InlineData("{% for k, v in d.items() %}{{ loop.length }}{{ k }}{% do d.pop('a') %}{% endfor %}", "{\"d\": {\"a\": 1, \"b\": 2}}", "", null)]
    [InlineData("{% for k, v in d.items() %}{{ loop.revindex }}{{ k }}{{ v }}{% do d.update(a=5, b=7) %}{% endfor %}", "{\"d\": {\"a\": 1, \"b\": 2}}", "", "2a11b7")]
    [InlineData("{% for x in xs|slice(2) %}{{ x }}{% endfor %}{{ d | items | list }}", "{\"xs\": [1, 2, 3], \"d\": {\"a\": 1}}", "", "[1, 2][3][('a', 1)]")]
    public void Loop_conditions_and_generators_run_in_step_with_the_body(string template, string row, string environment, string? expected) => Check(template, row, environment, expected);

    [Theory]
    [InlineData("{{ (rows | groupby('g')) | max }}", "(2, [{'g': 2, 't': 'a'}, {'g': 2, 't': 'c'}])")]
    [InlineData("{{ (rows | groupby('g'))[0] < (rows | groupby('g'))[1] }}{{ (rows | groupby('g'))[0] in rows | groupby('g') }}", "TrueTrue")]
    [InlineData("{% set g = (rows | groupby('g'))[0] %}{{ g == (g.grouper, g.list) }}{{ g[:1] }}{{ g + (3,) }}{{ g['grouper'] }}{{ g | length }}{{ g.none }}", "True(1,)(1, [{'g': 1, 't': 'b'}], 3)12")]
    [InlineData("{{ '%s: %s' % (rows | groupby('g'))[0] }} {{ rows | groupby('g') | tojson }}", "1: [{'g': 1, 't': 'b'}] [[1, [{\"g\": 1, \"t\": \"b\"}]], [2, [{\"g\": 2, \"t\": \"a\"}, {\"g\": 2, \"t\": \"c\"}]]]")]
    [InlineData("{{ (rows | groupby('g')) | unique | list }}", null)]
    public void A_group_is_a_tuple(string template, string? expected) => Check(template, """{"rows": [{"g": 2, "t": "a"}, {"g": 1, "t": "b"}, {"g": 2, "t": "c"}]}""", "", expected);

    [Theory]
    [InlineData("{% for i in [1] %}{% block b %}[{{ i }}]{% endblock %}{% endfor %}", "{}", "", "[]")]
    [InlineData("{% for i in [1] %}{% block b scoped %}[{{ i }}{{ loop.index }}]{% endblock %}{% endfor %}", "{}", "", "[11]")]
    [InlineData("{% for i in [1] %}{% block b %}[{{ i }}]{% endblock %}{% endfor %}", "{\"i\": \"row\"}", "", "[row]")]
    [InlineData("{% set x = 1 %}{% block b %}{{ x }}{% set x = 2 %}{{ x }}{% endblock %}{{ x }}", "{\"x\": 0}", "", "121")]
    [InlineData("{% block b %}{{ x }}{% endblock %}{% set x = 1 %}{{ self.b() }}", "{\"x\": 0}", "", "01")]
    [InlineData("{% with q = 1 %}{% block b %}[{{ q }}]{% endblock %}{{ self.b() }}{% endwith %}", "{}", "", "[][]")]
    [InlineData("{{ self.b() }}{% block b %}{% block c %}c{% endblock %}{{ self.c() | upper }}{% endblock %}{{ self.nope is defined }}{{ self }}", "{}", "", "cCcCFalse<TemplateReference None>")]
    [InlineData("before{% block body required %}{% endblock %}", "{}", "", null)]
    [InlineData("{% if n %}{% block body required %}{% endblock %}{% endif %}ok", "{\"n\": 0}", "", "ok")]
    [InlineData("{% macro m() %}{{ self.b() }}{% endmacro %}{% block b %}<{{ n }}>{% endblock %}{{ m() }}", "{\"n\": 2}", "", "<2><2>")]
    [InlineData("{% set ns = namespace(i=0) %}{% block r %}{% set ns.i = ns.i + 1 %}{{ ns.i }}{% if ns.i < 3 %}{{ self.r() }}{% endif %}{% endblock %}", "{}", "", "123")]
    [InlineData("{% if n %}{% extends 'p' %}{% include 'q' %}{% endif %}[1]", "{\"n\": 0}", "", "[1]")]
    [InlineData("{% if n %}{% include 'q' %}{% endif %}[1]", "{\"n\": 1}", "", null)]
    public void A_block_sees_the_top_level_and_self_renders_it_again(string template, string row, string environment, string? expected) => Check(template, row, environment, expected);

    [Theory]
    [InlineData("{% with a = 1, (b, c) = [2, 3] %}{{ a }}{{ b }}{{ c }}{% endwith %}{{ b }}", "{}", "", "123")]
    [InlineData("{% with (a, (b, c)) = (1, 'xy') %}{{ a }}{{ b }}{{ c }}{% endwith %}", "{}", "", "1xy")]
    [InlineData("{% with (a, b) = [1] %}{% endwith %}", "{}", "", null)]
    public void With_unpacks_as_assignments_do(string template, string row, string environment, string? expected) => Check(template, row, environment, expected);

    [Theory]
    [InlineData("{{ q | truncate(5) }}", "{}", "strict", null)]
    [InlineData("{{ q | truncate(5) is defined }}", "{}", "", "False")]
    [InlineData("{{ q in d }}", "{\"d\": {\"a\": 1}}", "strict", null)]
    [InlineData("{{ q in d }}{{ d.get(q, 7) }}", "{\"d\": {\"a\": 1}}", "", "False7")]
    [InlineData("{{ d.get(q) }}", "{\"d\": {\"a\": 1}}", "strict", null)]
    [InlineData("{{ {q: 1} }}", "{}", "strict", null)]
    [InlineData("{% for i in [1] %}[{{ loop.previtem }}]{% endfor %}", "{}", "strict", null)]
    [InlineData("{% for i in [1] %}[{{ loop.nextitem }}]{% endfor %}", "{}", "strict", null)]
    [InlineData("{% for i in [1] %}[{{ loop.nextitem.a.b }}]{% endfor %}", "{}", "chainable", "[]")]
    [InlineData("{{ [1, 2] | batch(q) | list }}", "{}", "strict", null)]
    [InlineData("{{ [1, 2] | batch(q) | list }}", "{}", "", "[[1, 2]]")]
    [InlineData("[{{ q | attr('a') }}]", "{}", "chainable", "[]")]
    [InlineData("[{{ q | attr('a') }}]", "{}", "", null)]
    [InlineData("{{ dict(q) }}", "{}", "", null)]
    [InlineData("{{ namespace(q) }}", "{}", "", null)]
    [InlineData("{{ q is sameas q }}{% set u = q %}{{ u is sameas u }}", "{}", "", "FalseTrue")]
    [InlineData("{{ q | random }}", "{}", "", "")]
    [InlineData("{{ q == (1 if n) }}{{ q == r }}{{ q is escaped }}", "{\"n\": 0}", "chainable", "FalseTrueTrue")]
    [InlineData("{{ q == (1 if n) }}{{ q == r }}{{ q is escaped }}", "{\"n\": 0}", "", "TrueTrueFalse")]
    [InlineData("[{{ [] | random }}{{ {} | random }}{{ range(0) | random }}{{ '' | random }}]", "{}", "", "[]")]
    [InlineData("{{ {'a': 1} | random }}", "{}", "", null)]
    public void Missing_values_fail_where_Python_looks_at_them(string template, string row, string environment, string? expected) => Check(template, row, environment, expected);

    [Theory]
    [InlineData("{{ [('ab' | e)[2:2:-1], ('ab' | e)[1:1], ('ab' | e)[::-1]] }}", "{}", "", "[Markup(''), Markup(''), Markup('ba')]")]
    [InlineData("{{ ('a{}{b}' | safe).format('<i>', b='<b>' | safe) }}", "{}", "", "a&lt;i&gt;<b>")]
    [InlineData("{{ '%s %r' | safe % ('<', '<') }}|{{ '%s' | safe | format('<') }}", "{}", "", "&lt; &#39;&lt;&#39;|&lt;")]
    [InlineData("{{ ['<i>', '<b>' | safe] | join }}|{{ ['<i>', 1] | join('<') }}|{{ ['<i>'] | join('<' | safe) }}", "{}", "autoescape", "&lt;i&gt;<b>|&lt;i&gt;&lt;1|&lt;i&gt;")]
    [InlineData("{{ ['<i>', '<b>' | safe] | join('<') }}", "{}", "", "<i><<b>")]
    [InlineData("{{ ('<' | safe).join(['<', '>' | safe]) }}", "{}", "", "&lt;<>")]
    [InlineData("{{ [x ~ y] }}{{ [x ~ ('<' | safe)] }}", "{\"x\": 1, \"y\": \"a\"}", "autoescape", "[&#39;1a&#39;][Markup(&#39;1&lt;&#39;)]")]
    [InlineData("{{ (xs ~ 1) | safe | string }}", "{\"xs\": [\"b\"]}", "autoescape", "['b']1")]
    [InlineData("{{ 'a<' | safe | replace('a', '<') }}|{{ 'a<' | replace('a', '>' | safe) }}", "{}", "autoescape", "&lt;<|>&lt;")]
    [InlineData("{{ ('<b>x y</b>' | safe | truncate(6, true, '&')) }}", "{}", "autoescape", "<b>x y</b>")]
    [InlineData("{% autoescape true %}{{ m }}{{ m | safe }}{% autoescape false %}{{ m }}{% endautoescape %}{% endautoescape %}{{ m }}", "{\"m\": \"<\"}", "", "&lt;<<<")]
    [InlineData("{% autoescape n %}{{ m }}{{ '<' }}{% set x %}<{% endset %}{{ x }}{% endautoescape %}", "{\"m\": \"<\", \"n\": 1}", "", "&lt;<<")]
    [InlineData("{% autoescape n %}{{ m }}{{ '<' }}{% endautoescape %}", "{\"m\": \"<\", \"n\": 0}", "", "<<")]
    [InlineData("{% autoescape n %}{{ '<' ~ 1 }}{{ ['<'] }}{{ '<' | upper }}{% autoescape true %}{{ '<' }}{% endautoescape %}{% endautoescape %}", "{\"n\": 1}", "", "<1['<']&lt;&lt;")]
    [InlineData("{{ ('a-b' | safe).partition('-') }}{{ ('ab' | safe).partition('-') }}", "{}", "", "(Markup('a'), Markup('-'), Markup('b'))(Markup('ab'), Markup(''), Markup(''))")]
    [InlineData("{{ ('<' | safe) ~ '>' }}|{{ ('<' | e) ~ 1 ~ (1 is odd) }}|{{ ('<' | safe) ~ m }}|{{ [('<' | e) ~ 1] }}", "{\"m\": \">\"}", "autoescape", "&lt;&gt;|&amp;lt;1True|<&gt;|[&#39;&amp;lt;1&#39;]")]
    [InlineData("{{ (('<' or m) | safe) ~ '>' }}|{{ ('<' if true else m) | safe ~ '>' }}|{{ (['<'] | map('upper') | first | safe) ~ '>' }}|{{ ('<' | safe) ~ '<'.upper() }}", "{\"m\": \">\"}", "autoescape", "&lt;&gt;|&lt;&gt;|<&gt;|<&lt;")]
    [InlineData("{% set a = ('<' | safe) ~ '>' %}{{ a }}{% for c in ('<' | e) ~ 1 %}{{ c }}{% endfor %}", "{}", "autoescape", "&lt;&gt;&amp;lt;1")]
    [InlineData("{% autoescape n %}{{ '<' or m }}{{ '<' if true else m }}{{ '<' | safe or m }}{{ ('<' or m) ~ '>' }}{% autoescape true %}{{ ('<' | safe) ~ m }}{% endautoescape %}{% endautoescape %}", "{\"m\": \">\", \"n\": 1}", "", "<<<<>&lt;&gt;")]
    [InlineData("{% autoescape ['a'] | map('upper') | first %}{{ '<' }}{{ '<' | safe ~ 1 }}{% endautoescape %}{% autoescape ['a'] %}{{ '<' }}{{ '<' | safe ~ 1 }}{% endautoescape %}", "{}", "", "<&lt;1&lt;&lt;1")]
    [InlineData("{% autoescape n %}{% block b %}{{ ('<' | safe) ~ '>' }}{{ '<' }}{% endblock %}{% endautoescape %}", "{\"n\": 0}", "autoescape", "&lt;&gt;&lt;")]
    [InlineData("{% macro f(x) %}{{ x }}{% endmacro %}{% autoescape true %}{{ f(m) }}{{ [m, f(m)] | join }}{% endautoescape %}{{ f(m) }}", "{\"m\": \"<\"}", "", "<&lt;<<")]
    [InlineData("{% set m = '<' %}{% macro f(x) %}{{ x }}{% endmacro %}{{ f(m) }}{% filter upper %}{{ m }}a{% endfilter %}", "{}", "autoescape", "&lt;&LT;A")]
    public void Safe_text_escapes_what_is_put_into_it(string template, string row, string environment, string? expected) => Check(template, row, environment, expected);

    [Theory]
    [InlineData("{{ '<a <!-- x --> b>c' | striptags }}|{{ '<!-- x > y' | striptags }}|{{ '<!<!-- -->-- z -->d' | striptags }}", "{}", "", "c|y|d")]
    [InlineData("{{ n['real'] }}{{ true['numerator'] }}{{ 2.5['imag'] }}{{ n['nope'] is defined }}{{ n['bit_length']() }}", "{\"n\": 3}", "", "310.0False2")]
    [InlineData("{{ s.split(none, 1) }}{{ s.split(none, 0) }}{{ s.rsplit(none, 1) }}{{ s.rsplit(none, 0) }}", "{\"s\": \" a b  c \"}", "", "['a', 'b  c ']['a b  c '][' a b', 'c'][' a b  c']")]
    [InlineData("{{ 'x tel:+1-514 ftp://h tel: y' | urlize(extra_schemes=['tel:', 'ftp:']) }}", "{}", "", "x <a href=\"tel:+1-514\" rel=\"noopener\">tel:+1-514</a> <a href=\"ftp://h\" rel=\"noopener\">ftp://h</a> tel: y")]
    [InlineData("{{ 'x' | urlize(extra_schemes=['t:/x']) }}", "{}", "", null)]
    [InlineData("{{ [{'k': 1, 'n': 2}, 'ab'] | urlencode }}&{{ {'a b': 'c/d'} | urlencode }}", "{}", "", "k=n&a=b&a+b=c%2Fd")]
    [InlineData("{{ ['abc'] | urlencode }}", "{}", "", null)]
    [InlineData("{{ (2.5).hex() }} {{ (-0.1).hex() }} {{ (0.0).hex() }} {{ (5e-324).hex() }}", "{}", "", "0x1.4000000000000p+1 -0x1.999999999999ap-4 0x0.0p+0 0x0.0000000000001p-1022")]
    [InlineData("{% set l = [] %}{{ l.append(l) or '' }}{{ l }}{% set d = {'k': l} %}{{ d.update(d=d) or '' }}{{ d }}", "{}", "", "[[...]]{'k': [[...]], 'd': {...}}")]
    [InlineData("{% set l = [[1], [1]] %}{{ l }}{{ [l, l] }}", "{}", "", "[[1], [1]][[[1], [1]], [[1], [1]]]")]
    [InlineData("{{ '\\N{BULLET}\\N{latin small letter a}\\N{LINE FEED}\\N{HANGUL SYLLABLE GAGG}\\N{CJK UNIFIED IDEOGRAPH-20000}\\N{Alert}' }}", "{}", "", "•a\n갂𠀀")]
    [InlineData("{{ '\\N{NO SUCH NAME}' }}", "{}", "", null)]
    [InlineData("{{ '\\N{BULLET' }}", "{}", "", null)]
    [InlineData("{{ '\\N{CJK UNIFIED IDEOGRAPH-04E00}' }}", "{}", "", "一")]
    [InlineData("{% generation %}x{% endgeneration %}", "{}", "", null)]
    [InlineData("{{ 'aa'.replace('a', 'b', count=1) }}", "{}", "", null)]
    [InlineData("{{ ' a b'.split(maxsplit=1) }}{{ 'a\\nb'.splitlines(keepends=true) }}{{ [2, 1].sort(reverse=true) }}", "{}", "", "['a', 'b']['a\\n', 'b']None")]
    [InlineData("{{ d.get(key='a') }}", "{\"d\": {\"a\": 1}}", "", null)]
    public void Methods_and_filters_are_those_of_Python(string template, string row, string environment, string? expected) => Check(template, row, environment, expected);

    [Fact]
    public void An_error_of_a_generator_names_the_filter_that_made_it()
    {
        var failure = Assert.Throws<TemplateException>(() => Render("{% set g = xs | map('abs') %}\n{{ g | list }}", "{\"xs\": [\"x\"]}", string.Empty));

        Assert.Equal((0, 16), (failure.Diagnostic.Span!.Value.Start.Line, failure.Diagnostic.Span.Value.Start.Column));
    }

    private static void Check(string template, string row, string environment, string? expected)
    {
        if (expected is null) Assert.ThrowsAny<DiagnosticException>(() => Render(template, row, environment));
        else Assert.Equal(expected, Render(template, row, environment));
    }

    private static string Render(string template, string row, string environment)
    {
        var options = TemplateOptions.For(Dialect.Jinja) with
        {
            MutableRows = true,
            Autoescape = environment == "autoescape",
            Undefined = environment switch { "strict" => UndefinedPolicy.Strict, "chainable" => UndefinedPolicy.Chainable, _ => UndefinedPolicy.Lenient },
        };
        var parsed = Template.Parse(SourceText.FromText("t", template), options);
        var context = new RenderContext(RenderLimits.Default) { Variables = Value.FromJson(Encoding.UTF8.GetBytes(row)) };
        context.BeginRow([], []);
        var output = new Utf8Output();
        parsed.Render(context, output);
        return Encoding.UTF8.GetString(output.Written);
    }
}
