namespace InstructKit.Protocol;

/// <summary>Draws the template of a row where a rate says how many examples turn the task around (Flan 2022's input inversion).</summary>
internal sealed class InversionDraw
{
    private readonly int[] _direct;
    private readonly int[] _inverted;
    private readonly int _percent;

    private InversionDraw(int[] direct, int[] inverted, int percent) => (_direct, _inverted, _percent) = (direct, inverted, percent);

    /// <summary>A draw from templates of both kinds; null where there is one kind, which all examples have.</summary>
    /// <param name="templates">The templates, by index in the task.</param>
    /// <param name="isDirect">Tells the kind.</param>
    /// <param name="percent">Percentage of examples that turn the task around.</param>
    public static InversionDraw? Of(int[] templates, Func<int, bool> isDirect, int percent)
    {
        int[] direct = [.. templates.Where(isDirect)];
        return direct.Length == 0 || direct.Length == templates.Length ? null : new InversionDraw(direct, [.. templates.Where(template => !isDirect(template))], percent);
    }

    /// <summary>The template of a row, by index in the task.</summary>
    /// <param name="keys">Keys of the split's random choices.</param>
    /// <param name="row">Number of the row.</param>
    /// <param name="use">How often the row was used before.</param>
    public int Choose(RowKeys keys, long row, long use)
    {
        var templates = keys.Inverted.Choose(row, 100, use) < _percent ? _inverted : _direct;
        return templates[keys.Template.Choose(row, templates.Length, use)];
    }
}
