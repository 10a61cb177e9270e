using System.Text.Json;
using InstructKit.Templating;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Values;
using Xunit;

namespace InstructKit.Tests.Templating;

/// <summary>A case in a file: options, a row and a template; the expectation is next to it.</summary>
internal sealed record GoldenCase(string Name, TemplateOptions Options, byte[] Row, string Template, string Expected)
{
    private static string Root => Path.Combine(AppContext.BaseDirectory, "Golden", "templating");

    public static IEnumerable<string> Names(bool errors) => Directory.EnumerateFiles(Root, "*.txt", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
        .Where(name => name.StartsWith("errors/", StringComparison.Ordinal) == errors)
        .Order(StringComparer.Ordinal);

    public static GoldenCase Load(string name)
    {
        var parts = File.ReadAllText(Path.Combine(Root, name)).Split('\n', 4);
        Assert.Equal("---", parts[2]);
        return new GoldenCase(
            name, OptionsOf(parts[0]), Encoding.UTF8.GetBytes(parts[1]), parts[3], File.ReadAllText(Path.Combine(Root, Path.ChangeExtension(name, ".out"))));
    }

    /// <summary>What the template renders to.</summary>
    public string Render()
    {
        var template = InstructKit.Templating.Template.Parse(SourceText.FromText(Name, Template), Options);
        var context = new RenderContext(Options.Limits) { Variables = Value.FromJson(Row), Now = new DateTimeOffset(2024, 2, 9, 16, 5, 7, TimeSpan.Zero) };
        context.BeginRow([], []);
        var output = new Utf8Output();
        template.Render(context, output);
        return Encoding.UTF8.GetString(output.Written);
    }

    private static TemplateOptions OptionsOf(string line)
    {
        using var json = JsonDocument.Parse(line);
        var root = json.RootElement;
        string? Text(string name) => root.TryGetProperty(name, out var value) ? value.GetString() : null;
        bool Flag(string name, bool otherwise) => root.TryGetProperty(name, out var value) ? value.GetBoolean() : otherwise;
        var options = TemplateOptions.For(Text("dialect") switch { "chat" => Dialect.Chat, "lmeval" => Dialect.LmEval, _ => Dialect.Jinja });
        return options with
        {
            TrimBlocks = Flag("trim_blocks", options.TrimBlocks),
            LstripBlocks = Flag("lstrip_blocks", options.LstripBlocks),
            MutableRows = Flag("mutable_rows", true), // as in Jinja2's plain environment, the source of the expectations
            KeepTrailingNewline = Flag("keep_trailing_newline", options.KeepTrailingNewline),
            Undefined = Text("undefined") switch { "strict" => UndefinedPolicy.Strict, "chainable" => UndefinedPolicy.Chainable, _ => options.Undefined },
        };
    }
}
