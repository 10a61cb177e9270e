namespace InstructKit.Templating.Syntax;

/// <summary>The local variables of one function: the template, a macro, a recursive loop.</summary>
internal sealed class FunctionLayout(FunctionLayout? parent)
{
    public FunctionLayout? Parent => parent;

    public int LocalCount { get; private set; }

    public int Add() => LocalCount++;

    /// <summary>How many functions lie between this one and one around it.</summary>
    public int DistanceTo(FunctionLayout outer)
    {
        var distance = 0;
        for (var function = this; function != outer; function = function.Parent!) distance++; // scopes only refer outwards
        return distance;
    }
}
