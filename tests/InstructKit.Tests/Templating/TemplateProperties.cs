using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using InstructKit.Templating;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Values;
using Xunit;

namespace InstructKit.Tests.Templating;

public sealed class TemplateProperties
{
    private static readonly string[] Pieces =
    [
        "{{", "}}", "{%", "%}", "{#", "#}", "-", "+", " ", "\n", "if", "else", "elif", "endif", "for", "in", "endfor", "set", "macro", "endmacro", "raw", "endraw", "x", "xs", "d",
        "1", "2.5", "'s'", "\"", "'", "(", ")", "[", "]", "{", "}", ",", ".", ":", "|", "~", "==", "<", "not", "and", "is", "defined", "upper", "join", "map", "sort", "tojson",
        "loop", "range", "**", "//", "%", "=", "é", "😀", "\ud800", "\0", "items", "call", "endcall", "namespace", "replace", "truncate", "format", "%s",
    ];

    [Fact]
    public void AnyTemplateParsesAndRendersOrFailsWithADiagnostic()
    {
        var templates = Gen.Elements(Pieces).ListOf().Select(string.Concat);
        Prop.ForAll(templates.ToArbitrary(), NeverCrashes).QuickCheckThrowOnFailure();
        Prop.ForAll<string>(text => NeverCrashes(text ?? string.Empty)).QuickCheckThrowOnFailure();
        Prop.ForAll(templates.ToArbitrary(), text => NeverCrashes("{{ " + text + " }}")).QuickCheckThrowOnFailure();
        Prop.ForAll(templates.ToArbitrary(), text => NeverCrashes("{% for x in xs %}{% " + text + " %}{% endfor %}")).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void PlainColumnsRenderToTheirConcatenation() => Prop.ForAll<string, string, bool>((a, b, json) =>
    {
        a = Clean(a);
        b = Clean(b);
        var options = TemplateOptions.For(Dialect.Jinja) with { Slots = ["a", "b"] };
        var template = Template.Parse(SourceText.FromText("t", "<{{ a }}|{{ b }}\"{{ a }}>"), options);
        var row = new Row();
        row.Add(CellKind.Text, a);
        row.Add(CellKind.Text, b);
        var text = row.Render(template, json);
        var expected = $"<{a}|{b}\"{a}>";
        return (json ? JsonSerializer.Deserialize<string>($"\"{text}\"") : text) == expected;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void ExpressionsSeeTheSameTextInEitherFormOfACell() => Prop.ForAll<string>(text =>
    {
        text = Clean(text);
        var options = TemplateOptions.For(Dialect.Jinja) with { Slots = ["a"] };
        var template = Template.Parse(SourceText.FromText("t", "{{ a | length }}{{ a[::-1] }}{{ a | upper }}{{ [a] }}{{ a }}"), options);
        var plain = new Row();
        plain.Add(CellKind.Text, text);
        var output = new Utf8Output { JsonEscaped = true };
        output.AppendText(text);
        var escaped = new Row();
        escaped.Add(CellKind.EscapedText, Encoding.UTF8.GetString(output.Written));
        return plain.Render(template, json: false) == escaped.Render(template, json: false) && plain.Render(template, json: true) == escaped.Render(template, json: true);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void FloatsPrintTheShortestTextThatReadsBack() => Prop.ForAll<double>(number =>
    {
        var text = Value.From(number).ToString();
        return double.IsNaN(number)
            ? text == "nan"
            : double.IsInfinity(number) || (double.Parse(text, CultureInfo.InvariantCulture).Equals(number) && text.AsSpan().IndexOfAny(".e") > 0);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void IntegerArithmeticAgreesWithPythonsDefinition() => Prop.ForAll<long, long>((a, b) =>
    {
        if (b == 0) return true;
        var quotient = Evaluate($"({a}) // ({b})");
        var rest = Evaluate($"({a}) % ({b})");

        // The definition: a == q * b + r, and r is zero or has b's sign and is smaller.
        var q = System.Numerics.BigInteger.Parse(quotient, CultureInfo.InvariantCulture);
        var r = System.Numerics.BigInteger.Parse(rest, CultureInfo.InvariantCulture);
        return (q * b) + r == a && System.Numerics.BigInteger.Abs(r) < System.Numerics.BigInteger.Abs(b) && (r.IsZero || r.Sign == Math.Sign(b));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void JsonComesBackAsItWas() => Prop.ForAll<string, long, bool>((text, number, flag) =>
    {
        var json = JsonSerializer.Serialize(new Dictionary<string, object?> { [Clean(text)] = new object?[] { number, flag, null, Clean(text) }, ["k"] = 1.5 });
        var output = new Utf8Output();
        Value.FromJson(Encoding.UTF8.GetBytes(json)).AppendJson(output);
        using var before = JsonDocument.Parse(json);
        using var after = JsonDocument.Parse(output.Written.ToArray());
        return JsonElement.DeepEquals(before.RootElement, after.RootElement);
    }).QuickCheckThrowOnFailure();

    private static string Clean(string? text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? string.Empty)); // lone surrogates cannot reach a row

    private static string Evaluate(string expression)
    {
        var context = new RenderContext(RenderLimits.Default);
        context.BeginRow([], []);
        return TemplateExpression.Parse(SourceText.FromText("e", expression), TemplateOptions.For(Dialect.Jinja)).Evaluate(context).ToString();
    }

    private static bool NeverCrashes(string text)
    {
        var limits = RenderLimits.Default with { Steps = 20_000, BuiltBytes = 1 << 16 };
        foreach (var dialect in new[] { Dialect.Jinja, Dialect.Chat, Dialect.LmEval, Dialect.Flan })
        {
            var options = TemplateOptions.For(dialect) with { Limits = limits };
            if (!Template.TryParse(SourceText.FromText("t", text), options, out var template, out var diagnostics))
            {
                Assert.NotEmpty(diagnostics);
                Assert.All(diagnostics, diagnostic => Assert.InRange(diagnostic.Span!.Value.Offset + diagnostic.Span.Value.Length, 0, text.Length));
                continue;
            }

            var context = new RenderContext(limits) { Variables = Value.FromJson("""{"x": "text", "xs": [1, "a", null, [2.5]], "d": {"k": [1], "x": "y"}}"""u8) };
            context.BeginRow([], []);
            var output = new Utf8Output();
            try
            {
                template.Render(context, output);
            }
            catch (TemplateException failure)
            {
                Assert.NotNull(failure.Diagnostic.Span);
            }

            Assert.True(System.Text.Unicode.Utf8.IsValid(output.Written));
        }

        return true;
    }
}
