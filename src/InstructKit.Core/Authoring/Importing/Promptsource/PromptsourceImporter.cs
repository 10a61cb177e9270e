using InstructKit.Diagnostics;
using InstructKit.Sources.Files;
using InstructKit.Tasks;
using InstructKit.Templates;
using InstructKit.Templating;
using InstructKit.Yaml;

namespace InstructKit.Authoring.Importing.Promptsource;

/// <summary>
/// Imports promptsource's files: a <c>templates.yaml</c> for each dataset or subset of one (commit 7dab96a). Texts, ids and metadata stay as they
/// are; a template renders the same here as there, but for promptsource's truncation.
/// </summary>
public static class PromptsourceImporter
{
    /// <summary>The name of promptsource's files.</summary>
    public const string FileName = "templates.yaml";

    private const string Separator = "|||";
    private static readonly string[] Splits = ["train", "validation", "test"];

    /// <summary>Imports files, and every <c>templates.yaml</c> below folders, in ordinal order.</summary>
    /// <param name="paths">Files and folders.</param>
    /// <exception cref="DiagnosticException">Something cannot be read (IK2017).</exception>
    public static ImportResult Import(IReadOnlyList<string> paths)
    {
        var collector = new ImportCollector();
        foreach (var file in paths.SelectMany(FilesOf)) Import(file, collector);

        return collector.Result(paths, $"no file {FileName} with templates");
    }

    private static string[] FilesOf(string path)
    {
        string[] files = Directory.Exists(path) ? Directory.GetFiles(path, FileName, SearchOption.AllDirectories) : [path];
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    private static void Import(string path, ImportCollector collector)
    {
        YamlMap map;
        try
        {
            map = YamlFile.Load(path);
        }
        catch (DiagnosticException exception) when (!TextFile.IsUnreadable(exception))
        {
            collector.LeaveOut(ImportCodes.Unreadable, "This is no file of promptsource.", exception.Diagnostics);
            return;
        }

        if (map.Find("dataset") is not YamlScalar { IsNull: false } dataset || map.Find("templates") is not YamlMap templates)
        {
            collector.LeaveOut(ImportCodes.Unreadable, "A file of promptsource has the keys 'dataset' (a text) and 'templates' (a mapping).", map.Span with { Length = 0 });
            return;
        }

        var subset = map.Find("subset") is YamlScalar { IsNull: false } scalar ? scalar.Text : null;
        var title = subset is null ? dataset.Text : $"{dataset.Text}/{subset}";
        List<(PromptsourceEntry Entry, PromptsourceTemplate Template)> kept = [];
        foreach (var entry in templates.Entries)
        {
            if (PromptsourceEntry.Read(entry, collector) is { } read && Compile(read, kept, collector) is { } template) kept.Add((read, template));
        }

        if (kept.Count > 0) collector.Take(MakeTask(title, dataset.Text, subset, kept), dataset.Span);
        else collector.LeaveOut(ImportCodes.Nothing, $"No template of '{title}' can be imported.", templates.Span with { Length = 0 });
    }

    private static PromptsourceTemplate? Compile(PromptsourceEntry entry, List<(PromptsourceEntry Entry, PromptsourceTemplate Template)> kept, ImportCollector collector)
    {
        if (!entry.Jinja.Text.Contains(Separator, StringComparison.Ordinal))
        {
            collector.LeaveOut(ImportCodes.NoCounterpart, $"The template '{entry.Name}' has no {Separator} between input and target, so it makes no example.", entry.Jinja.Span);
            return null;
        }

        if (kept.Find(other => other.Entry.Id == entry.Id).Entry is { } twin)
        {
            collector.LeaveOut(ImportCodes.SameName, $"The id '{entry.Id}' is that of '{twin.Name}' already.", entry.Jinja.Span);
            return null;
        }

        if (kept.Find(other => other.Entry.Jinja.Text == entry.Jinja.Text && other.Entry.Choices?.Text == entry.Choices?.Text).Entry is { } copy)
        {
            collector.LeaveOut(ImportCodes.SameTemplate, $"The template '{entry.Name}' has the same text as '{copy.Name}'.", entry.Jinja.Span);
            return null;
        }

        try
        {
            return PromptsourceTemplate.Parse(entry.Jinja.Embedded, entry.Choices?.Embedded, TemplateOptions.For(Dialect.Promptsource));
        }
        catch (DiagnosticException exception)
        {
            collector.LeaveOut(ImportCodes.BadTemplate, $"The template '{entry.Name}' cannot be read.", exception.Diagnostics);
            return null;
        }
    }

    private static ImportedTask MakeTask(string title, string dataset, string? subset, List<(PromptsourceEntry Entry, PromptsourceTemplate Template)> kept)
    {
        var names = kept.SelectMany(one => one.Template.UndeclaredNames).Where(name => !SlotScope.IsBuiltin(name)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        return new ImportedTask
        {
            Key = TaskKey.Of(title),
            Title = title,
            Origin = $"promptsource, {title}",
            // The files say nothing of types; a value keeps the type that its row has, and may be null.
            Columns = [.. names.Select(name => (name, "any?"))],
            Layouts = ImportedLayout.Usual(dataset, subset, Splits),
            Slices = [.. Splits.Select(split => (split, split))],
            Metrics = MetricTranslation.FromPromptsource(kept.SelectMany(one => one.Entry.Metrics)),
            Templates =
            [
                .. kept.Select(one => new ImportedTemplate
                {
                    Id = one.Entry.Id,
                    Name = one.Entry.Name,
                    Reference = one.Entry.Reference,
                    // promptsource marks the templates that ask what the dataset was made for; the others ask for something else of the row.
                    Kind = one.Entry.IsOriginalTask ? TemplateKind.Direct : TemplateKind.Auxiliary,
                    Dialect = Dialect.Promptsource,
                    Choices = one.Entry.Choices?.Text,
                    Input = one.Entry.Jinja.Text,
                    Metadata = one.Entry.Metadata,
                }),
            ],
        };
    }
}
