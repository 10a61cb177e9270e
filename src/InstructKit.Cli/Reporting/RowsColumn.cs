using Spectre.Console;
using Spectre.Console.Rendering;

namespace InstructKit.Cli.Reporting;

/// <summary>Rows and rows per second of a line of the live display.</summary>
internal sealed class RowsColumn : ProgressColumn
{
    /// <summary>Name under which a line keeps its rows.</summary>
    public const string Key = "rows";

    /// <inheritdoc/>
    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
    {
        var rows = task.State.Get<long>(Key);
        var seconds = task.ElapsedTime?.TotalSeconds ?? 0;
        return rows == 0 ? Spectre.Console.Text.Empty
            : new Spectre.Console.Text($"{Text.Number(rows)} rows{(seconds > 0.1 ? $" {Text.Number((long)(rows / seconds))}/s" : string.Empty)}");
    }
}
