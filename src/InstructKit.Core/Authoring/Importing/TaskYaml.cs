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
        Optional("cluster", task.Cluster);
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
    }

    private static void WriteLayout(YamlWriter yaml, ImportedLayout layout)
    {
        yaml.BeginItem();
        yaml.Entry("name", layout.Name);
        yaml.Entry("format", layout.Format);
        if (layout.Hub is { } hub) yaml.FlowMap("hub", hub.Config is null ? [("id", hub.Id)] : [("id", hub.Id), ("config", hub.Config)]);

        yaml.FlowMap("files", layout.Files);
        yaml.End();
    }

    private static void WriteExpressions(YamlWriter yaml, ImportedTask task)
    {
        if (task.Fields.Count > 0)
        {
            yaml.Begin("fields");
            foreach (var (name, expression) in task.Fields) yaml.Block(name, expression);

            yaml.End();
        }

        if (task.Options is { } options) yaml.FlowList("options", options);
        else if (task.OptionsExpression is { } expression) yaml.Block("options", expression);

        if (task.Answer is { } answer) yaml.Block("answer", answer);

        if (task.Answers is { } answers) yaml.Block("answers", answers);
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

        if (template.Metadata is { Entries.Count: > 0 } metadata) yaml.Node("metadata", metadata);

        yaml.End();
    }
}
