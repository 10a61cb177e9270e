using InstructKit.Templating;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Values;
using Xunit;

namespace InstructKit.Tests.Templating;

public sealed class RenderLimitTests
{
    private static readonly RenderLimits Small = new() { Steps = 1000, BuiltBytes = 4096, OutputBytes = 1000, CallDepth = 10, ParseDepth = 20 };

    [Theory]
    [InlineData("{% for i in range(999) %}{% endfor %}", null)]
    [InlineData("{% for i in range(1001) %}{% endfor %}", TemplateCodes.StepLimit)]
    [InlineData("{{ range(100000) | sum }}", TemplateCodes.StepLimit)]
    [InlineData("{{ 77 in range(0, 1000000000000, 7) }}", null)]
    [InlineData("{{ 'a' * n }}", TemplateCodes.BuiltLimit)]
    [InlineData("{{ [0] * n }}", TemplateCodes.BuiltLimit)]
    [InlineData("{{ '%*d' % (n, 1) }}", TemplateCodes.BuiltLimit)]
    [InlineData("{{ 'x'.center(n) }}", TemplateCodes.BuiltLimit)]
    [InlineData("{% for i in range(30) %}{{ text }}{% endfor %}", TemplateCodes.OutputLimit)]
    [InlineData("{% set x %}{% for i in range(200) %}{{ text }}{% endfor %}{% endset %}", TemplateCodes.OutputLimit)]
    [InlineData("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", TemplateCodes.CallDepthLimit)]
    [InlineData("{{ 2 ** 100000 }}", TemplateCodes.NumberLimit)]
    [InlineData("{{ ((((((((((((((((((((((1)))))))))))))))))))))) }}", TemplateCodes.ParseDepthLimit)]
    [InlineData("{{ a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a }}", TemplateCodes.ParseDepthLimit)]
    public void EveryLimitStopsWithItsOwnCode(string template, string? code)
    {
        var failure = Record.Exception(() => Render(template, Small, """{"text": "forty bytes of text, or a few more of it", "n": 5000}"""));

        Assert.Equal(code, (failure as DiagnosticException)?.Diagnostics[0].Code);
    }

    [Fact]
    public void TheValuesOfARowsJsonAreCountedOverItsCells()
    {
        var json = Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat('5', (RenderLimits.CellValues / 2) + 10))}]");
        Assert.Equal(RenderLimits.CellValues / 2, Value.FromJson(json).Count - 10);
        var context = new RenderContext(RenderLimits.Default);
        for (var row = 0; row < 2; row++)
        {
            context.BeginRow(json, [new Cell(CellKind.Json, 0, json.Length), new Cell(CellKind.Json, 0, json.Length)]);
            Assert.Equal(ValueKind.List, context.GetSlot(0).Kind);
            Assert.Contains("cell values", Assert.ThrowsAny<Exception>(() => context.GetSlot(1)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ATemplateThatIsTooLongIsRefused()
    {
        var failure = Assert.Throws<DiagnosticException>(() => Render(new string('x', 101), Small with { TemplateSize = 100 }, "{}"));

        Assert.Equal(TemplateCodes.TemplateSizeLimit, failure.Diagnostics[0].Code);
    }

    [Fact]
    public void TheBudgetBeginsAnewWithEveryRow()
    {
        var template = Template.Parse(SourceText.FromText("t", "{% for i in range(900) %}{% endfor %}ok"), TemplateOptions.For(Dialect.Jinja));
        var context = new RenderContext(Small);
        for (var row = 0; row < 3; row++)
        {
            context.BeginRow([], []);
            var output = new Utf8Output();
            template.Render(context, output);
            Assert.Equal("ok", Encoding.UTF8.GetString(output.Written));
            Assert.Throws<TemplateException>(() => template.Render(context, output)); // the second render of a row has the remaining budget
            context.BeginRender();
            template.Render(context, output);
        }
    }

    [Theory]
    [InlineData("{{ x }}")]
    [InlineData("{{ x | tojson }}")]
    [InlineData("{{ x == y }}")]
    [InlineData("{{ [x, y] | sort }}")]
    [InlineData("{% set ns = namespace() %}{% set ns.me = [ns] %}{{ ns }}")]
    public void DeepValuesNeverOverflowASmallStack(string template)
    {
        var deep = new string('[', 1900) + new string(']', 1900);
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(() => Render(template, RenderLimits.Default, $$"""{"x": {{deep}}, "y": {{deep}}}""")), 256 << 10);
        thread.Start();
        thread.Join();

        Assert.True(failure is null or DiagnosticException, failure?.ToString());
    }

    [Theory]
    [InlineData("{{ ''.__class__.__mro__ }}", TemplateCodes.Forbidden)]
    [InlineData("{{ l.append(1) }}", TemplateCodes.Forbidden)]
    [InlineData("{{ d['update']({}) }}", TemplateCodes.Forbidden)]
    [InlineData("{{ range(100001) }}", TemplateCodes.Overflow)]
    public void TheSandboxForbids(string template, string code)
    {
        var options = TemplateOptions.For(Dialect.Jinja) with { Sandbox = true };
        var failure = Assert.Throws<TemplateException>(() => Render(template, RenderLimits.Default, """{"l": [], "d": {}}""", options));

        Assert.Equal(code, failure.Diagnostic.Code);
    }

    // Cheap to write and expensive to run: every operation is charged for the bytes and items that it examines.
    [Theory]
    [InlineData("{% set a = [1] %}{% set b = [1] %}<<{% set a = [a, a] %}{% set b = [b, b] %}>>{{ a == b }}")]
    [InlineData("{% set a = [1] %}{% set b = [1] %}<<{% set a = [a, a] %}{% set b = [b, b] %}>>{{ [a, b] | sort | length }}")]
    [InlineData("{% set a = (1,) %}<<{% set a = (a, a) %}>>{{ [a, a] | unique | list }}")]
    [InlineData("{% set a = (1,) %}<<{% set a = (a, a) %}>>{{ {a: 1} }}")]
    [InlineData("{% set a = (1,) %}<<{% set a = (a, a) %}>>{{ {}[a] }}")]
    [InlineData("{% set a = [1] %}<<{% set a = [a, a] %}>>{{ a | e }}")]
    [InlineData("{% set a = [1] %}<<{% set a = [a, a] %}>>{{ 1 | round(0, a) }}")]
    [InlineData("{% set a = [1] %}<<{% set a = [a, a] %}>>{{ {}[a].b }}", TemplateCodes.Undefined)]
    [InlineData("{% set s = 'a' * 8000000 %}{% for i in range(900000) %}{% if 'b' in s %}{% endif %}{% endfor %}")]
    [InlineData("{% set s = 'a' * 4000000 %}{% set t = 'a' * 2000000 ~ 'b' %}{{ t in s }}")]
    [InlineData("{% set s = 'a' * 4000000 %}{% set t = 'a' * 2000000 ~ 'b' %}{{ s.count(t) }}{{ s.split(t) | length }}{{ s.rfind(t) }}{{ s.replace(t, '') | length }}")]
    [InlineData("{% set s = 'a' * 4000000 %}{% set t = 'a' * 4000000 %}{% for i in range(900000) %}{% if s == t %}{% endif %}{% endfor %}")]
    [InlineData("{% set s = 'a' * 4000000 ~ 'b' %}{% set t = 'a' * 4000000 ~ 'c' %}{% for i in range(900000) %}{% if s < t %}{% endif %}{% endfor %}")]
    [InlineData("{% set s = 'é😀' * 1000000 %}{% for i in range(900000) %}{% if s | length == 1 %}{% endif %}{% endfor %}")]
    [InlineData("{% set s = 'é😀' * 1000000 %}{% for i in range(900000) %}{% if s[1000000] == 'a' %}{% endif %}{% endfor %}")]
    [InlineData("{% set s = 'é😀' * 1000000 %}{% for i in range(900000) %}{% if s[-1:] == 'a' %}{% endif %}{% endfor %}")]
    [InlineData("{% set s = 'A' * 4000000 %}{% for i in range(900000) %}{% if s.isupper() %}{% endif %}{% endfor %}")]
    [InlineData("{% set s = '1' * 4000000 %}{% for i in range(900000) %}{% if s.isdigit() %}{% endif %}{% endfor %}")]
    [InlineData("{% set s = 'a' * 4000000 %}{% for i in range(900000) %}{% if s is lower %}{% endif %}{% endfor %}")]
    [InlineData("{% set s = ' ' * 4000000 %}{% for i in range(900000) %}{% if s.strip() %}{% endif %}{% endfor %}")]
    [InlineData("{% set s = 'ab' * 2000000 %}{{ s.strip('c' * 1000000 ~ 'ab') }}")]
    [InlineData("{% set s = range(200000) | list %}{% set t = range(200000) | list %}{% for i in range(700000) %}{% if s == t %}{% endif %}{% endfor %}")]
    [InlineData("{% set a = 10 ** 4000 %}{% for i in range(900000) %}{% if a // 7 %}{% endif %}{% endfor %}")]
    [InlineData("{% set a = 10 ** 4000 %}{% for i in range(900000) %}{% if a * a > 1 %}{% endif %}{% endfor %}")]
    [InlineData("{% set a = 10 ** 4000 %}{% for i in range(900000) %}{% if a | string %}{% endif %}{% endfor %}")]
    [InlineData("{% for i in range(900000) %}{% if '%.90000f' % 0.1 %}{% endif %}{% endfor %}")]
    [InlineData("{% set s = '1' * 8000 %}{% for i in range(900000) %}{% if s | int(0, 7) %}{% endif %}{% endfor %}")]
    [InlineData("{% set s = 'k' * 4000000 %}{% set d = {s: 1} %}{% for i in range(900000) %}{% if d[s] %}{% endif %}{% endfor %}")]
    [InlineData("{% set d = dict(zip(range(50000), range(50000))) %}{% for i in range(900000) %}{% do d.pop(i) %}{% do d.update({i: 1}) %}{% endfor %}")]
    [InlineData("{{ ('a' * 1000000) | regex_replace('a', 'b' * 1000) }}")]
    [InlineData("{{ 'x' | regex_replace('x', 'b' * 20000000) }}")]
    public void EveryOperationPaysForWhatItLooksAt(string template, string? code = null)
    {
        var (open, close) = (template.IndexOf("<<", StringComparison.Ordinal), template.IndexOf(">>", StringComparison.Ordinal));
        if (open >= 0) template = template[..open] + string.Concat(Enumerable.Repeat(template[(open + 2)..close], 40)) + template[(close + 2)..];
        var failure = Assert.Throws<TemplateException>(() => Render(template, RenderLimits.Default, "{}"));

        if (code is null) Assert.StartsWith("IK13", failure.Diagnostic.Code, StringComparison.Ordinal);
        else Assert.Equal(code, failure.Diagnostic.Code);
    }

    [Fact]
    public void OrdinaryWorkOnLongTextsStaysWithinTheBudget()
    {
        var text = string.Concat(Enumerable.Repeat("The quick brown fox jumps. ", 4000));
        const string Work = "{{ text | length }} {{ text.split('. ') | length }} {{ text | upper | trim | wordcount }} {{ 'fox' in text }} {{ text.count('fox') }} {{ text[-5:] }} {{ text | regex_replace('[a-z]+', 'w') | length }}";

        Assert.Equal("108000 4001 20000 True 4000 mps.  48000", Render(Work, RenderLimits.Default, $$"""{"text": "{{text}}"}"""));
    }

    [Fact]
    public void ACancellationEndsARenderThatIsUnderWay()
    {
        using var source = new CancellationTokenSource();
        var template = Template.Parse(SourceText.FromText("t", "{% for i in range(1000000000) %}{% endfor %}"), TemplateOptions.For(Dialect.Jinja));
        var context = new RenderContext(new RenderLimits { Steps = int.MaxValue }) { Cancellation = source.Token };
        context.BeginRow([], []);
        source.CancelAfter(50);

        Assert.Throws<OperationCanceledException>(() => template.Render(context, new Utf8Output()));
    }

    private static string Render(string template, RenderLimits limits, string row, TemplateOptions? options = null)
    {
        options = (options ?? TemplateOptions.For(Dialect.Jinja)) with { Limits = limits };
        var parsed = Template.Parse(SourceText.FromText("t", template), options);
        var context = new RenderContext(limits) { Variables = Value.FromJson(Encoding.UTF8.GetBytes(row)) };
        context.BeginRow([], []);
        var output = new Utf8Output();
        parsed.Render(context, output);
        return Encoding.UTF8.GetString(output.Written);
    }
}
