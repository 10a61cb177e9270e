using InstructKit.Templating.Settings;
using InstructKit.Yaml;

namespace InstructKit.Tasks;

/// <summary>Reads one template of a task file.</summary>
internal sealed class TemplateReader(YamlMap map, List<Diagnostic> diagnostics)
{
    /// <summary>Maximum number of texts of one template.</summary>
    internal const int MaxTexts = 10_000;

    internal static readonly string[] Kinds = ["direct", "inverse", "unconditional", "auxiliary"];

    // Chat templates turn examples into conversations, not rows into examples.
    internal static readonly string[] DialectNames = ["jinja", "promptsource", "lm-eval", "flan"];
    private static readonly Dialect[] Dialects = [Dialect.Jinja, Dialect.Promptsource, Dialect.LmEval, Dialect.Flan];

    /// <summary>The name of a dialect in task files.</summary>
    public static string NameOf(Dialect dialect) => DialectNames[Array.IndexOf(Dialects, dialect)];

    /// <summary>The dialect under the key <c>dialect</c>; Jinja by default.</summary>
    public static Dialect TakeDialect(YamlForm form) => Dialects[form.TakeChoice("dialect", DialectNames) ?? 0];

    /// <summary>Reads the template; null if a required part is missing.</summary>
    public TemplateDefinition? Read()
    {
        var form = new YamlForm(map, "A template", diagnostics);
        var id = form.RequireScalar("id");
        var kind = (TemplateKind)(form.TakeChoice("kind", Kinds) ?? 0);
        var dialect = TakeDialect(form);
        var name = form.TakeScalar("name");
        form.Take("note");
        form.TakeScalar("reference");
        form.TakeMap("metadata");
        var separators = ReadSeparators(form);
        var answerKeys = AnswerKeysReader.Take(form, diagnostics);
        var template = dialect == Dialect.Promptsource ? ReadDivided(form, id, kind) : ReadPair(form, id, kind);
        form.Finish();
        return template is null ? null : template with { Dialect = dialect, Name = name?.Text, Separators = separators, AnswerKeys = answerKeys };
    }

    private static TemplateDefinition? ReadPair(YamlForm form, YamlScalar? id, TemplateKind kind)
    {
        var input = form.RequireScalar("input");
        var target = form.RequireScalar("target");
        var answer = form.TakeScalar("answer");
        var variants = ReadVariants(form);
        var options = form.TakeScalars("options");
        return id is null || input is null || target is null
            ? null
            : new TemplateDefinition(id.Text, kind, input.Embedded, target.Embedded, answer?.Embedded, id.Span) { Variants = variants, Options = options.Count > 0 ? [.. options.Select(option => option.Text)] : null };
    }

    private ExemplarSeparators? ReadSeparators(YamlForm form)
    {
        if (form.TakeMap("few_shot") is not { } parts) return null;

        var own = new YamlForm(parts, "'few_shot'", diagnostics);
        var plain = ExemplarSeparators.Plain;
        var separators = new ExemplarSeparators(
            own.TakeScalar("input_prefix")?.Text ?? plain.InputPrefix, own.TakeScalar("between")?.Text ?? plain.Between,
            own.TakeScalar("target_prefix")?.Text ?? plain.TargetPrefix, own.TakeScalar("separator")?.Text ?? plain.Separator, string.Empty);
        own.Finish();
        return separators;
    }

    private static List<TemplateVariant> ReadVariants(YamlForm form)
    {
        List<TemplateVariant> variants = [];
        if (form.TakeMap("variants") is not { } map) return variants;

        foreach (var entry in map.Entries)
        {
            var name = entry.Key.Text;
            TaskFile.RequireIdentifier(form, entry.Key);

            var texts = form.Scalars(name, entry.Value);
            if (texts.Count == 0 && entry.Value is YamlList) form.Error(YamlCodes.WrongType, $"The variant '{name}' has no texts.", entry.Value.Span);

            if (texts.GroupBy(text => text.Text, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twins)
                form.Error(TaskCodes.DuplicateName, $"The variant '{name}' lists '{twins.Key}' twice.", twins.Last().Span);

            foreach (var text in texts.Where(text => text.Text.Contains("{{", StringComparison.Ordinal) || text.Text.Contains("{%", StringComparison.Ordinal)))
                form.Error(YamlCodes.WrongType, $"The variant '{name}' has the template '{text.Text}'; variants are plain texts.", text.Span, "Write two templates where more than words differ.");

            if (texts.Count > 0) variants.Add(new TemplateVariant(name, [.. texts.Select(text => text.Embedded)], entry.Key.Span));
        }

        if (variants.Aggregate(1L, (count, variant) => Math.Min(MaxTexts + 1, count * variant.Texts.Count)) > MaxTexts)
        {
            form.Error(TaskCodes.BadSetting, $"The variants multiply the template to more than {MaxTexts} texts.", map.Span, "Leave out some variants, or divide the template into several.");
            return [];
        }

        return variants;
    }

    private static TemplateDefinition? ReadDivided(YamlForm form, YamlScalar? id, TemplateKind kind)
    {
        var jinja = form.RequireScalar("jinja");
        var choices = form.TakeScalar("choices");
        return id is null || jinja is null
            ? null
            : new TemplateDefinition(id.Text, kind, jinja.Embedded, SourceText.FromText(jinja.Embedded.Name, string.Empty), null, id.Span) { Choices = choices?.Embedded };
    }
}
