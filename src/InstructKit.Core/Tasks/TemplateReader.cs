using InstructKit.Diagnostics;
using InstructKit.Templating.Settings;
using InstructKit.Yaml;

namespace InstructKit.Tasks;

/// <summary>Reads one template of a task file.</summary>
internal sealed class TemplateReader(YamlMap map, List<Diagnostic> diagnostics)
{
    internal static readonly string[] Kinds = ["direct", "inverse", "unconditional", "auxiliary"];

    // Chat templates make conversations of examples, not examples of rows.
    internal static readonly string[] DialectNames = ["jinja", "promptsource", "lm-eval", "flan"];
    private static readonly Dialect[] Dialects = [Dialect.Jinja, Dialect.Promptsource, Dialect.LmEval, Dialect.Flan];

    /// <summary>The name that task files have for a dialect.</summary>
    public static string NameOf(Dialect dialect) => DialectNames[Array.IndexOf(Dialects, dialect)];

    /// <summary>The dialect under the key <c>dialect</c>; Jinja when nothing is said.</summary>
    public static Dialect TakeDialect(YamlForm form) => Dialects[form.TakeChoice("dialect", DialectNames) ?? 0];

    /// <summary>Reads the template; null when a part that it cannot do without is missing.</summary>
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
        var answerKeys = AnswerKeysReader.Take(form, diagnostics);
        var template = dialect == Dialect.Promptsource ? ReadDivided(form, id, kind) : ReadPair(form, id, kind);
        form.Finish();
        return template is null ? null : template with { Dialect = dialect, Name = name?.Text, AnswerKeys = answerKeys };
    }

    private static TemplateDefinition? ReadPair(YamlForm form, YamlScalar? id, TemplateKind kind)
    {
        var input = form.RequireScalar("input");
        var target = form.RequireScalar("target");
        var answer = form.TakeScalar("answer");
        return id is null || input is null || target is null
            ? null
            : new TemplateDefinition(id.Text, kind, input.Embedded, target.Embedded, answer?.Embedded, id.Span);
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
