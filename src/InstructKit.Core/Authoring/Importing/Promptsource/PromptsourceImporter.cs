using System.Text.RegularExpressions;
using InstructKit.Tasks;
using InstructKit.Templates;
using InstructKit.Templating;
using InstructKit.Templating.Settings;
using InstructKit.Yaml;

namespace InstructKit.Authoring.Importing.Promptsource;

/// <summary>
/// Imports promptsource's files: a <c>templates.yaml</c> for each dataset or subset of one (commit 7dab96a). Texts, ids and metadata stay
/// unchanged; a template renders the same here as there, except for promptsource's truncation. Rows without a label, which is -1, are dropped.
/// </summary>
public static partial class PromptsourceImporter
{
    /// <summary>The name of promptsource's files.</summary>
    public const string FileName = "templates.yaml";

    [GeneratedRegex(@"(?:\banswer_choices\s*|\]\s*)\[\s*([\p{L}_][\p{L}\p{N}_]*)\s*(?:\|\s*int\s*(?:\(\s*\))?\s*)?\]")]
    private static partial Regex Index { get; }

    /// <summary>Imports files, and every <c>templates.yaml</c> below folders, in ordinal order.</summary>
    /// <param name="paths">Files and folders.</param>
    /// <exception cref="DiagnosticException">Something cannot be read (IK2017).</exception>
    public static ImportResult Import(IReadOnlyList<string> paths)
    {
        var collector = new ImportCollector();
        foreach (var file in paths.SelectMany(path => ImportFiles.In(path, FileName))) Import(file, collector);

        return collector.Result(paths, $"no file {FileName} with templates");
    }

    // True for a column that picks one of the choices, or an item of a list in the template.
    private static bool IsLabel(string jinja, string name) => Index.Matches(jinja).Any(match => match.Groups[1].Value == name);

    private static void Import(string path, ImportCollector collector)
    {
        if (collector.Try(() => YamlFile.Load(path), ImportCodes.Unreadable, "This is not a file of promptsource.") is not { } map) return;

        if (map.FindText("dataset") is not { } dataset || map.Find("templates") is not YamlMap templates)
        {
            collector.LeaveOut(ImportCodes.Unreadable, "A file of promptsource has the keys 'dataset' (a text) and 'templates' (a mapping).", map.Span with { Length = 0 });
            return;
        }

        var subset = map.FindText("subset")?.Text;
        var title = subset is null ? dataset.Text : $"{dataset.Text}/{subset}";
        List<(PromptsourceEntry Entry, PromptsourceTemplate Template)> kept = [];
        foreach (var entry in templates.Entries)
        {
            if (PromptsourceEntry.Read(entry, collector) is { } read && Compile(read, kept, collector) is { } template) kept.Add((read, template));
        }

        if (kept.Count > 0)
        {
            if (kept.TrueForAll(one => !one.Entry.IsOriginalTask))
            {
                collector.Remark(
                    ImportCodes.NotApplied,
                    $"No template of '{title}' is direct: all say original_task: false, so the task can be trained on but not held out.",
                    templates.Entries[0].Key.Span,
                    "Mark one that asks for the task itself with `kind: direct` to hold it out.");
            }

            collector.Take(MakeTask(title, dataset, subset, kept, collector), dataset.Span);
        }
        else collector.LeaveOut(ImportCodes.Nothing, $"No template of '{title}' can be imported.", templates.Span with { Length = 0 });
    }

    private static PromptsourceTemplate? Compile(PromptsourceEntry entry, List<(PromptsourceEntry Entry, PromptsourceTemplate Template)> kept, ImportCollector collector)
    {
        if (!entry.Jinja.Text.Contains(PromptsourceEntry.Separator, StringComparison.Ordinal))
        {
            collector.LeaveOut(ImportCodes.NoCounterpart, $"The template '{entry.Name}' has no {PromptsourceEntry.Separator} between input and target, so it makes no example.", entry.Jinja.Span);
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

        return collector.Try(
            () => PromptsourceTemplate.Parse(entry.Jinja.Embedded, entry.Choices?.Embedded, TemplateOptions.For(Dialect.Promptsource)), ImportCodes.BadTemplate, $"The template '{entry.Name}' cannot be read.");
    }

    private static ImportedTask MakeTask(
        string title, YamlScalar dataset, string? subset, List<(PromptsourceEntry Entry, PromptsourceTemplate Template)> kept, ImportCollector collector)
    {
        var names = kept.SelectMany(one => one.Template.UndeclaredNames).Where(name => !SlotScope.IsBuiltin(name)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var labels = names.Where(name => kept.Exists(one => IsLabel(one.Entry.Jinja.Text, name))).ToList();
        foreach (var label in labels)
        {
            collector.Remark(
                ImportCodes.NotApplied,
                $"Rows of '{title}' whose '{label}' is -1 have no label; a build drops them as no_label. Where the split test has no labels, validation can serve: `test: validation` under `splits`.",
                dataset.Span);
        }

        return new ImportedTask
        {
            Key = TaskKey.Of(title),
            Title = title,
            Origin = $"promptsource, {title}",
            // The files do not state types; a value keeps its type from the row, and may be null.
            Columns = [.. names.Select(name => (name, "any?"))],
            Layouts = ImportedLayout.Usual(dataset.Text, subset, TaskFile.RoleNames),
            Slices = [.. TaskFile.RoleNames.Select(split => (split, split))],
            // Jinja takes the last choice for an index of -1, by which datasets mean that a row has no label.
            KeepIf = labels.Count == 0 ? [] : [("no_label", string.Join(" and ", labels.Select(label => $"({label} is not number or {label} >= 0)")))],
            Metrics = MetricTranslation.FromPromptsource(kept.SelectMany(one => one.Entry.Metrics)),
            Templates =
            [
                .. kept.Select(one => new ImportedTemplate
                {
                    Id = one.Entry.Id,
                    Name = one.Entry.Name,
                    Reference = one.Entry.Reference,
                    // promptsource marks templates for the dataset's original task; the others ask for something else.
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
