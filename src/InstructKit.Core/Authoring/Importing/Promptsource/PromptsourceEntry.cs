using InstructKit.Tasks;
using InstructKit.Yaml;

namespace InstructKit.Authoring.Importing.Promptsource;

/// <summary>One <c>!Template</c> of a file of promptsource.</summary>
/// <param name="Id">Its id, a UUID.</param>
/// <param name="Reference">Where its wording is from, or null.</param>
/// <param name="Choices">Text of the answer choices, or null.</param>
/// <param name="Metadata">Metadata, and stray fields of the template itself, as written; null when there are none.</param>
internal sealed record PromptsourceEntry(string Id, string Name, string? Reference, YamlScalar Jinja, YamlScalar? Choices, YamlMap? Metadata)
{
    /// <summary>Between input and target, and between answer choices.</summary>
    public const string Separator = "|||";

    private static readonly string[] Fields = ["answer_choices", "id", "jinja", "metadata", "name", "reference"];

    /// <summary>False when the metadata say that the template is not for the dataset's original task (<c>task_template</c> before 2022).</summary>
    public bool IsOriginalTask => (Metadata?.Find("original_task") ?? Metadata?.Find("task_template")) is not YamlScalar { Text: "false" or "False" };

    /// <summary>Metrics that the metadata name.</summary>
    public IEnumerable<string> Metrics => (Metadata?.Find("metrics") as YamlList)?.Items.OfType<YamlScalar>().Select(metric => metric.Text) ?? [];

    /// <summary>Reads an entry; null on an error, which is reported.</summary>
    public static PromptsourceEntry? Read(YamlEntry entry, ImportCollector collector)
    {
        if (entry.Value is not YamlMap map)
        {
            collector.LeaveOut(ImportCodes.WrongForm, $"A template is a mapping, found {entry.Value.Noun}.", entry.Value.Span);
            return null;
        }

        if (map.FindText("jinja") is not { } jinja)
        {
            collector.LeaveOut(ImportCodes.WrongForm, $"The template '{entry.Key.Text}' has no text under 'jinja'.", map.Span with { Length = 0 });
            return null;
        }

        var id = map.FindText("id") ?? entry.Key;
        if (id.Text != entry.Key.Text)
            collector.Remark(ImportCodes.Slip, $"The template's id '{id.Text}' is not its key '{entry.Key.Text}'; the id is kept.", id.Span);

        if (!TaskFile.IsTemplateId(id.Text))
        {
            collector.LeaveOut(ImportCodes.WrongForm, $"'{id.Text}' is not a valid template id; use letters, digits, -, _ and . only.", id.Span);
            return null;
        }

        var choices = map.Find("answer_choices") switch
        {
            YamlScalar { IsNull: false } text => text,
            YamlList list => Joined(list),
            _ => null,
        };
        if (choices is null && map.Find("answer_choices") is YamlList wrong)
        {
            collector.LeaveOut(ImportCodes.WrongForm, $"The 'answer_choices' of '{entry.Key.Text}' must be a text, or a list of texts without braces and |||.", wrong.Span with { Length = 0 });
            return null;
        }

        return new PromptsourceEntry(
            id.Text,
            map.FindText("name")?.Text ?? id.Text,
            map.FindText("reference")?.Text,
            jinja,
            choices,
            MetadataOf(map));
    }

    // Files from before June 2021 have a list of texts.
    private static YamlScalar? Joined(YamlList list) =>
        list.Items.All(item => item is YamlScalar { Text: var text } && !text.Contains("{{", StringComparison.Ordinal) && !text.Contains("{%", StringComparison.Ordinal) && !text.Contains(Separator, StringComparison.Ordinal))
            ? new YamlScalar(string.Join($" {Separator} ", list.Items.Cast<YamlScalar>().Select(item => item.Text)), ScalarForm.DoubleQuoted, list.Span)
            : null;

    private static YamlMap? MetadataOf(YamlMap map)
    {
        List<YamlEntry> entries = [.. (map.Find("metadata") as YamlMap)?.Entries ?? []];
        entries.AddRange(map.Entries.Where(entry => !Fields.Contains(entry.Key.Text, StringComparer.Ordinal) && entries.TrueForAll(other => other.Key.Text != entry.Key.Text)));
        return entries.Count == 0 ? null : new YamlMap(entries, map.Span);
    }
}
