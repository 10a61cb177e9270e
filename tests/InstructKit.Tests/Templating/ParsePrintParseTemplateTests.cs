using FsCheck;
using FsCheck.Fluent;
using InstructKit.Templating.Syntax;
using Xunit;

namespace InstructKit.Tests.Templating;

public sealed class ParsePrintParseTemplateTests
{
    private static readonly string[] Values =
        ["x", "d.k", "xs[-1]", "1, x", "(1,)", "x | upper", "not x", "x if y else 'z'", "loop.index", "loop.last and x", "caller(1)", "varargs", "kwargs", "f(x, k=2)", "x is defined", "'{{ }}'", "- x ** 2", "{'a': {}}"];

    private static readonly string[] Conditions = ["x", "x == 1", "loop.first", "not x or y", "caller", "x in xs"];

    private static readonly string[] Targets = ["x", "x, y", "(x, (y, z))", "ns.v", "x,", "_"];

    private static readonly string[] LoopTargets = ["x", "x, y", "(x, (y, z))", "_"];

    private static readonly string[] Texts = ["a", "\n", " b \n", "{ %}", "{% raw %}{{ x }}{% endraw %}", "{# c #}", "{#- c -#}", "é😀", "  "];

    private static readonly string[] Simple = ["set {0} = 1", "set {0} = x, y", "do f(x)", "print x, y", "break", "continue", "if x", "endif", "frob"];

    private static readonly string[][] Around =
    [
        ["filter upper", "endfilter"], ["filter replace('a', 'b') | trim", "endfilter"], ["with x = 1, y = x", "endwith"], ["with", "endwith"], ["with (x, y) = z, a = 1", "endwith"], ["autoescape x", "endautoescape"], ["block a scoped", "endblock"], ["generation", "endgeneration"],
        ["set x", "endset"], ["set x | upper | trim('a')", "endset"], ["macro f(x, y=1, z='a')", "endmacro"], ["macro g()", "endmacro"], ["macro h(caller=none)", "endmacro"],
        ["call f(1)", "endcall"], ["call(x, y=2) f(*xs, **d)", "endcall"], ["call (x) d.m()", "endcall"],
    ];

    private static Gen<string> Mark => Gen.Frequency((3, Gen.Constant(string.Empty)), (1, Gen.Elements("-", "+")));

    [Fact]
    public void A_printed_template_is_read_back_as_the_same_tree()
    {
        var (read, all) = (0, 0);
        Prop.ForAll(Body(3).ToArbitrary(), text =>
        {
            all++;
            if (Parse(text) is not { } tree) return true;

            read++;
            var printed = StatementPrinter.Print(tree);
            return printed.Contains(ExpressionPrinter.NotAsName, StringComparison.Ordinal) || (Parse(printed) is { } again && StatementPrinter.Print(again) == printed);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1500));
        Assert.True(read * 4 > all, $"only {read} of {all} texts were templates");
    }

    [Theory]
    [InlineData("{% for a, b in xs if a recursive %}{{ loop(b) }}{% else %}-{% endfor %}", "{% for (a, b, ) in xs if a recursive %}{# uses loop #}{{ loop(b) }}{% else %}{% raw %}-{% endraw %}{% endfor %}")]
    [InlineData("{% if a %}1{% elif b, c %}2{% endif %}", "{% if a %}{% raw %}1{% endraw %}{% elif (b, c, ) %}{% raw %}2{% endraw %}{% endif %}")]
    [InlineData("a {%- set x | upper %} b {% endset -%} c", "{% raw %}a{% endraw %}{% set x | upper() %}{% raw %} b {% endraw %}{% endset %}{% raw %}c{% endraw %}")]
    [InlineData("{% call(x) f() %}{{ caller }}{% endcall %}", "{% call(x) f() %}{# uses Caller #}{{ caller }}{% endcall %}")]
    [InlineData("{% print 1, 2 %}", "{{ 1 }}{{ 2 }}")]
    public void The_printed_tree_is_the_one_that_is_meant(string text, string tree) => Assert.Equal(tree, StatementPrinter.Print(Parse(text)!));

    private static Gen<string> Body(int depth) => Statement(depth).ListOf().Select(parts => string.Concat(parts.Take(4)));

    private static Gen<string> Statement(int depth)
    {
        var output = from mark in Mark from value in Gen.Elements(Values) from end in Mark select $"{{{{{mark} {value} {(end == "+" ? string.Empty : end)}}}}}";
        var simple = from target in Gen.Elements(Targets) from tag in Gen.Elements(Simple.Take(4).ToArray()) from text in Tag(tag.Replace("{0}", target, StringComparison.Ordinal)) select text;
        var odd = from tag in Gen.Elements(Simple.Skip(4).ToArray()) from text in Tag(tag) select text;
        if (depth == 0) return Gen.Frequency((4, Gen.Elements(Texts)), (4, output), (2, simple));

        var around = from tags in Gen.Elements(Around) from open in Tag(tags[0]) from body in Body(depth - 1) from close in Tag(tags[1]) select open + body + close;
        var branch = from condition in Gen.Elements(Conditions)
                     from open in Tag($"if {condition}")
                     from then in Body(depth - 1)
                     from middle in Gen.Elements(string.Empty, "{% else %}", "{% elif y %}", "{% elif x %}b{% else %}")
                     from other in Body(depth - 1)
                     from close in Tag("endif")
                     select open + then + middle + other + close;
        var loop = from target in Gen.Elements(LoopTargets)
                   from items in Gen.Elements("xs", "1, 2", "d.items()", "x or y")
                   from rest in Gen.Elements(string.Empty, " if x", " recursive", " if x in xs recursive")
                   from open in Tag($"for {target} in {items}{rest}")
                   from body in Body(depth - 1)
                   from jump in Gen.Elements(string.Empty, "{% break %}", "{% if x %}{% continue %}{% endif %}")
                   from other in Gen.Elements(string.Empty, "{% else %}none")
                   from close in Tag("endfor")
                   select open + body + jump + other + close;
        return Gen.Frequency((6, Gen.Elements(Texts)), (6, output), (4, simple), (4, around), (3, branch), (3, loop), (1, odd));
    }

    private static Gen<string> Tag(string inside) => from start in Mark from end in Mark select $"{{%{start} {inside} {end}%}}";

    private static List<Statement>? Parse(string text) =>
        ParsedText.Read(text, lexer => lexer.ReadTemplate(), stream => new StatementParser(stream, new ExpressionParser(stream), ["generation"]).ReadAll());
}
