using System.Text.Json;
using InstructKit.Tasks;

namespace InstructKit.Cli.Output;

/// <summary>A task in a list.</summary>
/// <param name="cluster">The cluster under which it is listed.</param>
/// <param name="locator">Finds its data.</param>
internal sealed class ListedTask(TaskDefinition task, string cluster, TaskLocator locator)
{
    private readonly List<string> _found = [.. locator.FindAll(task).Select(data => data.Layout.Name).Distinct(StringComparer.Ordinal)];

    /// <summary>The cluster under which it is listed.</summary>
    public string Cluster => cluster;

    private IEnumerable<(string Kind, long Count)> Kinds => task.Templates.GroupBy(template => template.Kind).OrderBy(group => group.Key).Select(group => (group.First().KindText, group.LongCount()));

    /// <summary>Human-readable.</summary>
    public void Tell(TextWriter output, bool detailed)
    {
        output.WriteLine($"  {task.Key}: {task.Title}; {Wording.Count(task.Templates.Count, "template")}; {(_found.Count == 0 ? "no data here" : $"data: {string.Join(", ", _found)}")}");
        if (!detailed) return;

        output.WriteLine($"    columns    {string.Join(", ", task.Columns.Select(column => $"{column.Name}: {column.TypeText}"))}");
        output.WriteLine($"    templates  {string.Join(", ", Kinds.Select(kind => $"{kind.Count} {kind.Kind}"))}");
        output.WriteLine($"    layouts    {string.Join(", ", task.Layouts.Select(layout => layout.Name))}");
        output.WriteLine($"    metrics    {string.Join(", ", task.Metrics)}");
        if (task.Variants.Count > 0) output.WriteLine($"    variants   {string.Join(", ", task.Variants)}");

        output.WriteLine($"    licence    {task.Licence ?? "not known"}");
        output.WriteLine($"    cite       {task.Cite ?? "-"}");
    }

    /// <summary>As members of a JSON object.</summary>
    public void WriteJson(Utf8JsonWriter json)
    {
        json.Put("task", task.Key).Put("cluster", cluster).Put("title", task.Title).Put("licence", task.Licence).Put("cite", task.Cite).Put("variant", task.Variant).Put("variants", task.Variants);
        json.Put("columns", task.Columns.Select(column => (column.Name, column.TypeText))).Put("templates", Kinds);
        json.Put("layouts", task.Layouts.Select(layout => layout.Name)).Put("found", _found).Put("metrics", task.Metrics);
    }
}
