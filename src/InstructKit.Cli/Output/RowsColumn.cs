using Spectre.Console;
using Spectre.Console.Rendering;

namespace InstructKit.Cli.Output;

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
            : new Spectre.Console.Text($"{Wording.Number(rows)} rows{(seconds > 0.1 ? $" {Wording.Number((long)(rows / seconds))}/s" : string.Empty)}");
    }
}
