using BenchmarkDotNet.Attributes;
using InstructKit.Sources.Formats;
using InstructKit.Templating;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Values;

namespace InstructKit.Benchmarks;

/// <summary>Rendering one loaded row into JSON-escaped output. The allocation column is per row.</summary>
public class TemplateRendering
{
    private readonly RenderContext _context = new(RenderLimits.Default);
    private readonly Utf8Output _output = new(1 << 22) { JsonEscaped = true };
    private readonly RowBatch _batch = new(SampleRows.Columns.Count);
    private Template _template = null!;

    [ParamsAllValues]
    public TemplateClass Kind { get; set; }

    [Params(false, true)]
    public bool Escapes { get; set; }

    [GlobalSetup]
    public void ReadRows()
    {
        _template = Template.Parse(SourceText.FromText("template", TemplateTexts.Of(Kind)), TemplateOptions.For(Dialect.Jinja) with { Slots = SampleRows.Columns });
        var path = SampleRows.Save(SampleRows.JsonLines(Escapes), ".jsonl");
        using var reader = SampleRows.Open(path, SourceFormats.Jsonl, SampleRows.Columns);
        reader.ReadChunk(_batch);
        reader.Parse(_batch);
        File.Delete(path);
    }

    [Benchmark(OperationsPerInvoke = 1024)]
    public int Render()
    {
        _output.Length = 0;
        for (var row = 0; row < 1024; row++)
        {
            _context.BeginRow(_batch.Buffer, _batch.Row(row));
            _template.Render(_context, _output);
        }

        return _output.Length;
    }
}
