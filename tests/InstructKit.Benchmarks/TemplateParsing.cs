using BenchmarkDotNet.Attributes;
using InstructKit.Templating;
using InstructKit.Templating.Settings;

namespace InstructKit.Benchmarks;

/// <summary>Compiling a template, once per task and template in a build.</summary>
public class TemplateParsing
{
    private readonly TemplateOptions _options = TemplateOptions.For(Dialect.Jinja) with { Slots = SampleRows.Columns };

    [ParamsAllValues]
    public TemplateClass Kind { get; set; }

    [Benchmark]
    public Template Parse() => Template.Parse(SourceText.FromText("template", TemplateTexts.Of(Kind)), _options);
}
