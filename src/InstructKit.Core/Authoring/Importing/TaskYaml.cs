using InstructKit.Tasks;
using InstructKit.Templating.Settings;
using InstructKit.Yaml;

namespace InstructKit.Authoring.Importing;

/// <summary>Writes an imported task as a task file.</summary>
internal static class TaskYaml
{
    /// <summary>The text of the file; the same task gives the same text.</summary>
    public static string Write(ImportedTask task)
    {
        var yaml = new YamlWriter();
        yaml.Comment($"Imported from {task.Origin}.");
        yaml.Entry("task", task.Key);
        Optional("like", task.Like);
        yaml.Entry("title", task.Title);
        if (task.Clusters.Count > 1) yaml.FlowList("cluster", task.Clusters);
        else Optional("cluster", task.Clusters is [var only] ? only : null);

        Optional("same_source", task.SameSource);
        Optional("cite", task.Cite);
        Optional("licence", task.Licence);
        Optional("note", task.Note);
        if (task.Folders.Count > 0) yaml.FlowList("folders", task.Folders);

        if (task.Like is null) WriteRows(yaml, task);

        foreach (var entry in task.Own?.Entries ?? []) yaml.Node(entry.Key.Text, entry.Value);

        yaml.Begin("templates");
        foreach (var template in task.Templates) WriteTemplate(yaml, template);

        yaml.End();
        return yaml.ToString();

        void Optional(string key, string? text)
        {
            if (!string.IsNullOrEmpty(text)) yaml.Block(key, text);
        }
    }

    private static void WriteRows(YamlWriter yaml, ImportedTask task)
    {
        yaml.FlowMap("columns", task.Columns);
        yaml.Begin("layouts");
        foreach (var layout in task.Layouts) WriteLayout(yaml, layout);

        yaml.End();
        yaml.FlowMap("splits", task.Slices);
        WriteExpressions(yaml, task);
        if (task.Metrics.Count > 0) yaml.FlowList("metrics", task.Metrics);

        if (task.Evaluation is { Entries.Count: > 0 } evaluation) yaml.Node("evaluation", evaluation);
    }

    private static void WriteLayout(YamlWriter yaml, ImportedLayout layout)
    {
        yaml.BeginItem();
        yaml.Entry("name", layout.Name);
        yaml.Entry("format", layout.Format);
        if (layout.Hub is { } hub)
            yaml.FlowMap("hub", new (string Key, string? Value)[] { ("id", hub.Id), ("config", hub.Config), ("revision", hub.Revision) }.Where(part => part.Value is not null).Select(part => (part.Key, part.Value!)));

        if (layout.Files.All(file => file.Globs.Count == 1))
        {
            yaml.FlowMap("files", layout.Files.Select(file => (file.Split, file.Globs[0])));
        }
        else
        {
            yaml.Begin("files");
            foreach (var (split, globs) in layout.Files) yaml.FlowList(split, globs);

            yaml.End();
        }

        if (layout.Map.Count > 0)
        {
            yaml.Begin("map");
            foreach (var (column, expression) in layout.Map) yaml.Block(column, expression);

            yaml.End();
        }

        yaml.End();
    }

    private static void WriteExpressions(YamlWriter yaml, ImportedTask task)
    {
        if (task.KeepIf.Count > 0)
        {
            yaml.Begin("keep_if");
            foreach (var (reason, expression) in task.KeepIf) yaml.Block(reason, expression);

            yaml.End();
        }

        if (task.Fields.Count > 0)
        {
            yaml.Begin("fields");
            foreach (var field in task.Fields) WriteField(yaml, field);

            yaml.End();
        }

        if (task.Options is { } options) yaml.FlowList("options", options);
        else if (task.OptionsExpression is { } expression) yaml.Block("options", expression);

        if (task.Answer is { } answer) yaml.Block("answer", answer);

        if (task.Answers is { } answers) yaml.Block("answers", answers);

        if (task.AnswerIndex is { } index) yaml.Block("answer_index", index);
    }

    private static void WriteField(YamlWriter yaml, ImportedField field)
    {
        if (field.TemplateDialect is not { } dialect)
        {
            yaml.Block(field.Name, field.Text);
            return;
        }

        yaml.Begin(field.Name);
        if (dialect != Dialect.Jinja) yaml.Entry("dialect", TemplateReader.NameOf(dialect));

        yaml.Block("template", field.Text);
        yaml.End();
    }

    private static void WriteTemplate(YamlWriter yaml, ImportedTemplate template)
    {
        yaml.BeginItem();
        yaml.Entry("id", template.Id);
        if (template.Name is { } name) yaml.Entry("name", name);

        if (template.Kind != TemplateKind.Direct) yaml.Entry("kind", template.Kind.ToString().ToLowerInvariant());

        if (template.Dialect != Dialect.Jinja) yaml.Entry("dialect", TemplateReader.NameOf(template.Dialect));

        if (!string.IsNullOrEmpty(template.Reference)) yaml.Block("reference", template.Reference);

        if (template.Choices is { } choices) yaml.Block("choices", choices);

        yaml.Block(template.Target is null ? "jinja" : "input", template.Input);
        if (template.Target is { } target) yaml.Block("target", target);

        if (template.Separators is { } between)
            yaml.FlowMap("few_shot", [("input_prefix", between.InputPrefix), ("between", between.Between), ("target_prefix", between.TargetPrefix), ("separator", between.Separator)]);

        if (template.Metadata is { Entries.Count: > 0 } metadata) yaml.Node("metadata", metadata);

        yaml.End();
    }
}
