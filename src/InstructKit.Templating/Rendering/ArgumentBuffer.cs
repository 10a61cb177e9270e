using System.Runtime.CompilerServices;
using InstructKit.Templating.Values;

namespace InstructKit.Templating.Rendering;

/// <summary>Room on the stack for the arguments of one call.</summary>
[InlineArray(Size)]
internal struct ArgumentBuffer
{
    public const int Size = 8;

    private Value _first;
}
